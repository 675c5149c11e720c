// The tabs that GraphiQL opens with: the main job, from signing up to a finished cover letter. Each `query` is valid
// against the schema, which tests/infra/test_graphiql.py checks.

export interface Example {
  query: string;
  variables?: string;
}

export const examples: Example[] = [
  {
    query: `# 1. Sign up and sign in. Every tab uses the token
#    of the answer. The tabs lead through the main
#    job: run them one after another.
mutation SignUp($registration: RegistrationInput!, $login: LoginInput!) {
  register(registration: $registration) {
    id
  }
  login(login: $login) {
    accessToken
    user {
      email
    }
  }
}
`,
    variables: `{
  "registration": {
    "email": "ada@example.org",
    "password": "correct horse battery staple",
    "fullName": "Ada Lovelace"
  },
  "login": {
    "email": "ada@example.org",
    "password": "correct horse battery staple"
  }
}`,
  },
  {
    query: `# When you have an account already.
mutation SignIn($login: LoginInput!) {
  login(login: $login) {
    accessToken
  }
}
`,
    variables: `{
  "login": {
    "email": "ada@example.org",
    "password": "correct horse battery staple"
  }
}`,
  },
  {
    query: `# 2. Your résumé. This page sends text only, so
#    paste it below; a program sends a file with
#    uploadResume, as the README shows.
mutation Resume($text: String!) {
  pasteResume(text: $text, label: { name: "My résumé" }) {
    id
    hasText
  }
}
`,
    variables: `{
  "text": "Ada Lovelace\\nLondon, UK · ada@example.org\\n\\nBackend Engineer, Analytical Works — London (2019 – present)\\n- Built Python services on PostgreSQL that answer 400 requests a second\\n- Led the move of 12 services to Kubernetes\\n\\nSkills: Python, PostgreSQL, Kubernetes, Redis, REST APIs, pytest"
}`,
  },
  {
    query: `# 3. What you look for, with the id of tab 2.
#    A new profile looks at the bundled sample
#    board. For real postings name real sources:
#    sources: [{source: "greenhouse", board: "…"}]
mutation Profile($resumeId: ID!) {
  createJobProfile(draft: { name: "Backend", resumeId: $resumeId, targetRoles: ["Backend Engineer"] }) {
    id
    minScoreThreshold
    sources {
      source
    }
  }
}
`,
    variables: `{
  "resumeId": ""
}`,
  },
  {
    query: `# 4. Search. The answer is a run: take its id
#    to the next tab.
mutation Search {
  searchJobs(input: {}) {
    id
    status
  }
}
`,
  },
  {
    query: `# 5. Watch the run from its first event to its
#    end. After a lost line, go on after the last
#    seq that you have.
subscription Watch($runId: ID!, $after: Int) {
  runProgress(runId: $runId, after: $after) {
    seq
    kind
    step
    done
    total
    message
    status
  }
}
`,
    variables: `{
  "runId": "",
  "after": 0
}`,
  },
  {
    query: `# 6. The jobs that were kept, the best first,
#    each with the words its score rests on.
query Jobs {
  jobs(first: 10, orderBy: { by: RELEVANCE_SCORE, direction: DESC }) {
    totalCount
    nodes {
      id
      title
      company
      location
      relevanceScore
      sample
      reasoning
      fit {
        matched {
          skill
          postingQuote
          resumeQuote
        }
        missing {
          skill
          postingQuote
        }
      }
    }
  }
}
`,
  },
  {
    query: `# 7. Prepare one of them: a letter that claims
#    only what your résumé says, and notes for
#    the interview.
mutation Prepare($jobId: ID!) {
  prepareJob(input: { jobId: $jobId, tone: CONVERSATIONAL }) {
    id
    status
  }
}
`,
    variables: `{
  "jobId": ""
}`,
  },
  {
    query: `# 8. The letter, the notes, and where to fetch
#    the PDF: a path on this server, good for
#    minutes.
query Letter($jobId: ID!) {
  job(id: $jobId) {
    title
    company
    status
    coverLetter
    coverLetterUrl
    prepNotes
  }
}
`,
    variables: `{
  "jobId": ""
}`,
  },
  {
    query: `# What was not kept, and why.
# restorePosting(id:) brings one back.
query Dropped {
  droppedPostings(first: 20) {
    totalCount
    nodes {
      id
      title
      company
      score
      rule
    }
  }
}
`,
  },
];
