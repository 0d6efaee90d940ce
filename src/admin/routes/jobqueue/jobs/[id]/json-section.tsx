/** Payload, context or result as core shows the JSON of workflow steps. */
import { CodeBlock, Container, Heading } from "@medusajs/ui"
import type { JsonValue } from "../../../../../modules/jobqueue/job/json"

interface JsonSectionProps {
  title: string
  data: JsonValue | object
}

export const JsonSection = ({ title, data }: JsonSectionProps) => {
  const code = JSON.stringify(data, null, 2)
  return (
    <Container className="divide-y p-0">
      <div className="px-6 py-4">
        <Heading level="h2">{title}</Heading>
      </div>
      <div className="px-6 py-4">
        {/* The block keeps its first text for ever, hence the key. */}
        <CodeBlock key={code} snippets={[{ label: title, language: "json", code, hideLineNumbers: true }]}>
          <CodeBlock.Body className="max-h-96 [overflow-wrap:anywhere]" tabIndex={0} aria-label={title} />
        </CodeBlock>
      </div>
    </Container>
  )
}
