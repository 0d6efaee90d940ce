/** What the admin's pages do: log in over HTTP, and read jobs. */

/**
 * @param {string} url - the server's
 * @param {{ email: string, password: string }} login
 */
export async function logIn(url, login) {
  const { token } = await request(`${url}/auth/user/emailpass`, {
    method: "POST",
    body: JSON.stringify(login),
  })
  const headers = { authorization: `Bearer ${token}` }
  return {
    /** One job with its attempts. */
    job: async (id) => (await request(`${url}/admin/jobqueue/jobs/${id}`, { headers })).job,
    /** Jobs per state. */
    counts: async () => request(`${url}/admin/jobqueue/counts`, { headers }),
  }
}

async function request(address, options) {
  const response = await fetch(address, {
    ...options,
    headers: { "content-type": "application/json", ...options.headers },
  })
  const text = await response.text()
  if (!response.ok) {
    throw new Error(
      `${options.method ?? "GET"} ${address} answered ${response.status}: ${text.slice(0, 500)}`
    )
  }
  return JSON.parse(text)
}
