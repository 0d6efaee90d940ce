/** Before each test file: the ORM's metadata of the file before it must not be found again. */
const { MetadataStorage } = require("@medusajs/framework/mikro-orm/core")

MetadataStorage.clear()
