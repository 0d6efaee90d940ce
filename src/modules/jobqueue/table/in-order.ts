/**
 * For "the first few in the order of an index": has the planner walk that index, whatever the statistics say.
 *
 * Where no more rows are expected than the limit takes, reading all of them and sorting looks as cheap as the walk,
 * and what is known of the hot table is wrong within seconds: analyzed when it was empty, a full claim read and sorted
 * a million pending jobs (880 ms instead of 7). This joins one row that the planner takes for a thousand, so that the
 * limit always looks like a small part of what there is. It costs a claim and
 * its settle about 4 % of their CPU, so it stands only where a plan went wrong without it.
 */
export const IN_ORDER = `cross join string_to_table('.', ',')`
