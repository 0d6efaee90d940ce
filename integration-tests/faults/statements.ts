/** How the tests know the queue's statements on the wire: by what they write. */

/** Takes jobs. */
export const isClaim = (sql: string): boolean =>
  /update jobqueue_live\s[^;]*state = 'running', claim/.test(sql)

/** Writes what came of jobs, whatever it is. */
export const isSettle = (sql: string): boolean => /with settled as \(/.test(sql)

export const isEnqueue = (sql: string): boolean => /insert into jobqueue_request/.test(sql)

export const isListen = (sql: string): boolean => /^\s*listen /i.test(sql)
