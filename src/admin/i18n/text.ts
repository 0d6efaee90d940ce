/** The texts of the job queue, in the dashboard's language. */
import { useCallback } from "react"
import { getI18n, useTranslation } from "react-i18next"

const NAMESPACE = "jobqueue"

export type Text = (key: string, values?: Record<string, string | number>) => string

/** Stable as long as the language is: a table that gets new columns closes its menus. */
export function useText(): Text {
  const { t } = useTranslation(NAMESPACE)
  return useCallback<Text>((key, values) => t(key, { ...values, ...PLAIN }), [t])
}

/** BCP 47 tag of the dashboard's language, for numbers and dates. */
export function useLanguage(): string {
  const { i18n } = useTranslation(NAMESPACE)
  return i18n.resolvedLanguage ?? i18n.language
}

/** Outside of components: breadcrumbs and page titles. */
export function text(key: string, values?: Record<string, string | number>): string {
  return getI18n().t(key, { ns: NAMESPACE, ...values, ...PLAIN })
}

// React escapes what it shows; a second escape would show "&amp;".
const PLAIN = { interpolation: { escapeValue: false } }
