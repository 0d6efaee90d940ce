/** Finds a TCP port that nothing listens on. */
import net from "node:net"

/** `preferred` when it is free on every address, else any free port. */
export async function freePort(preferred) {
  return (preferred && (await tryPort(preferred))) || tryPort(0)
}

function tryPort(port) {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once("error", (error) => (error.code === "EADDRINUSE" ? resolve(undefined) : reject(error)))
    // Without a host, Node listens on all addresses of IPv4 and IPv6: taken on one of them is taken.
    server.listen({ port, exclusive: true }, () => {
      const { port: free } = server.address()
      server.close(() => resolve(free))
    })
  })
}
