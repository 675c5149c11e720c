// The tabs that GraphiQL opens with: the main job, from signing up to a finished cover letter. Each `query` is valid
// GraphQL, which tests/infra/test_graphiql.py checks.

export interface Example {
  query: string;
  variables?: string;
}

export const examples: Example[] = [
  {
    query: `# 1. Sign up. The access token of the answer is used by every tab from now on.
mutation SignUp($input: SignUpInput!) {
  signUp(input: $input) {
    accessToken
    user {
      id
      email
    }
  }
}
`,
    variables: `{
  "input": {
    "email": "ada@example.org",
    "password": "correct horse battery staple",
    "fullName": "Ada Lovelace"
  }
}`,
  },
  {
    query: `# 2. Log in, when you have signed up before.
mutation LogIn($email: String!, $password: String!) {
  logIn(email: $email, password: $password) {
    accessToken
  }
}
`,
    variables: `{
  "email": "ada@example.org",
  "password": "correct horse battery staple"
}`,
  },
  {
    query: `# 3. Résumés are files, and this page sends text only. Upload yours from a terminal:
#
#   curl http://127.0.0.1:8000/graphql -H 'GraphQL-Require-Preflight: 1' -H "Authorization: Bearer $TOKEN" \\
#     -F operations='{"query":"mutation ($file: Upload!) { uploadResume(file: $file) { id } }","variables":{"file":null}}' \\
#     -F map='{"0":["variables.file"]}' -F 0=@resume.pdf
#
# and look at what was read:
query Resumes {
  resumes {
    id
    filename
    isPrimary
  }
}
`,
  },
  {
    query: `# 4. The job profile says what you look for, and from which score on a job is kept.
query Profiles {
  jobProfiles {
    id
    name
    isDefault
    threshold
  }
}
`,
  },
  {
    query: `# 5. Search. The answer is a run: take its id to tab 6.
mutation Search($profileId: ID!) {
  executePipeline(name: "job_search", input: { profileId: $profileId }) {
    id
    status
  }
}
`,
    variables: `{
  "profileId": ""
}`,
  },
  {
    query: `# 6. Watch a run: its state as it stands, then every step until it ends.
subscription Watch($runId: ID!, $after: Int) {
  runProgress(runId: $runId, after: $after) {
    sequence
    done
    total
    message
  }
}
`,
    variables: `{
  "runId": "",
  "after": null
}`,
  },
  {
    query: `# 7. The jobs that were kept, the best first, each with the reasons for its score.
query Jobs($first: Int = 20, $after: String) {
  jobs(first: $first, after: $after) {
    nodes {
      id
      title
      company
      fitScore
      status
    }
    pageInfo {
      hasNextPage
      endCursor
    }
    totalCount
  }
}
`,
    variables: `{
  "first": 20,
  "after": null
}`,
  },
  {
    query: `# 8. Prepare: a cover letter that rests on your résumé, and notes for the interview.
mutation Prepare($jobId: ID!) {
  executePipeline(name: "job_prep", input: { jobId: $jobId }) {
    id
    status
  }
}
`,
    variables: `{
  "jobId": ""
}`,
  },
];
