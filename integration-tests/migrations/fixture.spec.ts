/**
 * The schema that each migration leaves is kept beside these tests: a migration that is changed after its release, or
 * a new one without its fixture, fails here.
 */
import { OwnDatabase, VERSIONS } from "../own-database"
import { currentStatements } from "./current-statements"
import { IS_UPDATE, readFixture, toStatementsText, writeFixture } from "./fixtures"
import { schemaOf } from "./schema-of"

const newest = VERSIONS[VERSIONS.length - 1]

describe("migrate", () => {
  let own: OwnDatabase

  beforeAll(async () => {
    own = await OwnDatabase.create("fixtures")
  })
  afterAll(() => own.drop())

  const schema = async () => schemaOf(await own.connect())

  it.each(VERSIONS)("leaves the schema that is kept: %s", async (version) => {
    await own.migrate(version)
    const found = await schema()
    if (IS_UPDATE) {
      writeFixture(version, "schema.txt", found, version === newest)
    }

    expectSame(
      found,
      readFixture(version, "schema.txt"),
      `The schema after ${version} is not the one that is kept. A migration that was released stays as it was: write ` +
        "another one. If this one is new: npm run schema:fixture"
    )
  })

  it("goes one step down, and up again", async () => {
    await own.revert()
    const below = VERSIONS[VERSIONS.length - 2]
    // A column that comes back stands last.
    const lines = (text: string) => text.split("\n").sort()
    expect(lines(await schema())).toEqual(lines(below ? readFixture(below, "schema.txt") : "\n"))

    await own.migrate()
    expect(lines(await schema())).toEqual(lines(readFixture(newest, "schema.txt")))
  })
})

describe("the statements of the newest version", () => {
  it("are those of the source", async () => {
    const found = toStatementsText(await currentStatements())
    if (IS_UPDATE) {
      writeFixture(newest, "statements.sql", found, true)
    }

    expectSame(
      found,
      readFixture(newest, "statements.sql"),
      "A statement was changed. Keep it for the tests of later upgrades: npm run schema:fixture"
    )
  })
})

function expectSame(found: string, kept: string, whatToDo: string): void {
  try {
    expect(found.split("\n")).toEqual(kept.split("\n"))
  } catch (error) {
    throw new Error(`${whatToDo}\n\n${(error as Error).message}`)
  }
}
