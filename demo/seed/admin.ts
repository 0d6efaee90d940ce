/** The admin user whose login the demo shows. */
import type { MedusaContainer } from "@medusajs/framework/types"
import { Modules } from "@medusajs/framework/utils"
import { createUserAccountWorkflow } from "@medusajs/medusa/core-flows"

/** The runner logs in with the same. */
const EMAIL = "admin@medusa-test.com"
const PASSWORD = "supersecret"
const PROVIDER = "emailpass"

/** A user that is there already gets the shown password again. */
export async function seedAdmin(container: MedusaContainer): Promise<void> {
  const auth = container.resolve(Modules.AUTH)
  const [user] = await container.resolve(Modules.USER).listUsers({ email: EMAIL })
  if (user) {
    await auth.updateProvider(PROVIDER, { entity_id: EMAIL, password: PASSWORD })
    return
  }
  const { authIdentity, error } = await auth.register(PROVIDER, {
    body: { email: EMAIL, password: PASSWORD },
  })
  if (!authIdentity) {
    throw new Error(`can't register ${EMAIL}: ${error}`)
  }
  await createUserAccountWorkflow(container).run({
    input: {
      authIdentityId: authIdentity.id,
      userData: { email: EMAIL, first_name: "Demo", last_name: "Admin" },
    },
  })
}
