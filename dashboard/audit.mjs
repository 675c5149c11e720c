// Runs the GraphQL over HTTP audits of the graphql-http package against a running server:
//   node dashboard/audit.mjs http://127.0.0.1:8000/graphql
// Prints each audit that is not met; exits with 1 when there is one.
import { serverAudits } from 'graphql-http';

const url = process.argv[2] ?? 'http://127.0.0.1:8000/graphql';
const counts = { met: 0, all: 0 };
for (const audit of serverAudits({ url })) {
  const result = await audit.fn();
  counts.all += 1;
  if (result.status === 'ok') {
    counts.met += 1;
  } else {
    console.log(`${result.status}: ${audit.id} ${audit.name}: ${result.reason}`);
  }
}
console.log(`${counts.met}/${counts.all} audits met`);
process.exit(counts.met === counts.all ? 0 : 1);
