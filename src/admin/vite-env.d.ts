/** What Medusa's admin bundler replaces at build time. */
declare const __BACKEND_URL__: string | undefined
declare const __AUTH_TYPE__: "session" | "jwt" | undefined
declare const __JWT_TOKEN_STORAGE_KEY__: string | undefined
/** The path of the dashboard, for example "/app". */
declare const __BASE__: string | undefined
