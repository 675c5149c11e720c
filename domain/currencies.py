"""How people write currencies, by ISO 4217 code. A sign in `SHARED_SIGNS` needs a country to mean one."""

# fmt: off
CODES = frozenset((
    "AED", "ARS", "AUD", "BDT", "BGN", "BHD", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK",
    "DKK", "EGP", "EUR", "GBP", "GEL", "HKD", "HUF", "IDR", "ILS", "INR", "ISK", "JPY", "KES",
    "KRW", "KWD", "LKR", "MAD", "MXN", "MYR", "NGN", "NOK", "NZD", "PEN", "PHP", "PKR", "PLN",
    "QAR", "RON", "RSD", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD", "UYU", "VND",
    "ZAR",
))
# fmt: on

SIGNS = {
    "US$": "USD",
    "C$": "CAD",
    "CA$": "CAD",
    "CAD$": "CAD",
    "A$": "AUD",
    "AU$": "AUD",
    "NZ$": "NZD",
    "S$": "SGD",
    "SG$": "SGD",
    "HK$": "HKD",
    "NT$": "TWD",
    "MX$": "MXN",
    "R$": "BRL",
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "₪": "ILS",
    "₩": "KRW",
    "₺": "TRY",
    "₴": "UAH",
    "₫": "VND",
    "₱": "PHP",
    "฿": "THB",
    "₦": "NGN",
    "zł": "PLN",
    "Kč": "CZK",
    "円": "JPY",
    "元": "CNY",
}

WORDS = {
    "usd": "USD",
    "eur": "EUR",
    "gbp": "GBP",
    "chf": "CHF",
    "us dollars": "USD",
    "u.s. dollars": "USD",
    "canadian dollars": "CAD",
    "australian dollars": "AUD",
    "euros": "EUR",
    "euro": "EUR",
    "rmb": "CNY",
    "pounds sterling": "GBP",
}

_KRONER = {"SE": "SEK", "NO": "NOK", "DK": "DKK", "IS": "ISK"}
_DOLLARS = {
    "US": "USD",
    "CA": "CAD",
    "AU": "AUD",
    "NZ": "NZD",
    "SG": "SGD",
    "HK": "HKD",
    "TW": "TWD",
    "MX": "MXN",
    "AR": "ARS",
    "CL": "CLP",
    "CO": "COP",
}
_RUPEES = {"IN": "INR", "PK": "PKR", "LK": "LKR"}

SHARED_SIGNS = {
    "$": _DOLLARS,
    "dollars": _DOLLARS,
    "kr.": _KRONER,
    "kr": _KRONER,
    "¥": {"JP": "JPY", "CN": "CNY"},
    "rs.": _RUPEES,
    "rs": _RUPEES,
}

# Where a sum of this size without a period is a year's pay by habit; elsewhere it may as well be a month's.
YEARLY_BY_HABIT = frozenset({"USD", "EUR", "GBP", "CHF", "CAD", "AUD", "NZD", "SGD"})
