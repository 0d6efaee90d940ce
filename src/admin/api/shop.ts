/** Names of the shop's own things that jobs point to: stores and admin users. */
import { useQuery } from "@tanstack/react-query"
import { useCallback } from "react"
import { JOBS_KEY } from "./jobs"
import { sdk } from "./client"

const RARELY_CHANGES = 5 * 60 * 1000

export function useStores() {
  return useQuery({
    queryKey: [...JOBS_KEY, "stores"],
    queryFn: () => sdk.admin.store.list({ fields: "id,name", limit: 1000 }),
    select: ({ stores }) => stores.map(({ id, name }) => ({ id, name })),
    staleTime: RARELY_CHANGES,
  })
}

/** The store's name; its id when the store is gone or has none. */
export function useStoreName(): (id: string) => string {
  const { data: stores } = useStores()
  return useCallback((id: string) => stores?.find((store) => store.id === id)?.name || id, [stores])
}

/** The e-mail address of an admin user; undefined while unknown. */
export function useUserEmail(id: string | undefined): string | undefined {
  const { data } = useQuery({
    queryKey: [...JOBS_KEY, "user", id],
    queryFn: () => sdk.admin.user.retrieve(id!, { fields: "id,email" }),
    enabled: id !== undefined,
    staleTime: RARELY_CHANGES,
    retry: false,
  })
  return data?.user.email
}
