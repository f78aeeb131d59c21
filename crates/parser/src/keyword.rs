//! Which words are keywords, and where a keyword may still be a name.

/// Keywords with a dash in them; the lexer makes one word of each. No entry is a prefix of a later one.
pub(crate) const DASHED: &[&str] = &[
    "assert-schema",
    "granny-asc",
    "granny-desc",
    "graph-mark-components",
    "graph-match",
    "graph-shortest-paths",
    "graph-to-table",
    "graph-where-edges",
    "graph-where-nodes",
    "macro-expand",
    "make-graph",
    "make-series",
    "materialized-view-combine",
    "mv-apply",
    "mv-expand",
    "parse-kv",
    "parse-where",
    "partitioned-by",
    "project-away",
    "project-by-names",
    "project-keep",
    "project-rename",
    "project-reorder",
    "project-smart",
    "sample-distinct",
    "top-hitters",
    "top-nested",
];

/// The suffixes of a timespan.
pub(crate) const TIMESPAN_UNITS: &[&str] = &[
    "d",
    "day",
    "days",
    "h",
    "hour",
    "hours",
    "hr",
    "hrs",
    "m",
    "micro",
    "micros",
    "microsec",
    "microsecond",
    "microseconds",
    "milli",
    "millis",
    "millisec",
    "millisecond",
    "milliseconds",
    "min",
    "minute",
    "minutes",
    "ms",
    "nano",
    "nanos",
    "nanosec",
    "nanosecond",
    "nanoseconds",
    "s",
    "sec",
    "second",
    "seconds",
    "tick",
    "ticks",
];

/// `!has` and its kin.
pub(crate) fn is_negated_operator(word: &str) -> bool {
    matches!(
        word,
        "!between"
            | "!contains"
            | "!contains_cs"
            | "!endswith"
            | "!endswith_cs"
            | "!has"
            | "!has_cs"
            | "!hasprefix"
            | "!hasprefix_cs"
            | "!hassuffix"
            | "!hassuffix_cs"
            | "!in"
            | "!in~"
            | "!startswith"
            | "!startswith_cs"
    )
}

/// The names of types, with every old spelling that Kusto still reads in a schema.
pub(crate) const TYPES: &[&str] = &[
    "bool", "boolean", "date", "datetime", "decimal", "double", "dynamic", "guid", "int", "int64", "int8",
    "long", "real", "string", "time", "timespan", "uniqueid",
];

/// Further type names that only `find` and `typeof` read.
pub(crate) const MORE_TYPES: &[&str] =
    &["float", "int16", "int32", "uint", "uint16", "uint32", "uint64", "uint8", "ulong"];

/// Words that are a name only in brackets or where [`EXTENDED`] allows them. Sorted.
pub(crate) const RESERVED: &[&str] = &[
    "3Dchart",
    "__contextual_datatable",
    "__crossCluster",
    "__crossDB",
    "__executeAndCache",
    "__id",
    "__isFuzzy",
    "__noWithSource",
    "__packedColumn",
    "__projectAway",
    "__sourceColumnIndex",
    "accumulate",
    "and",
    "anomalychart",
    "areachart",
    "as",
    "asc",
    "bagexpansion",
    "barchart",
    "between",
    "boolean",
    "by",
    "byte",
    "cachingpolicy",
    "callout",
    "cancel",
    "card",
    "char",
    "columnchart",
    "contains",
    "contains_cs",
    "containscs",
    "cycles",
    "dataexport",
    "datascope",
    "datatable",
    "date",
    "datetime",
    "decimal",
    "decodeblocks",
    "desc",
    "double",
    "dynamic",
    "earliest",
    "encodingpolicy",
    "endswith",
    "endswith_cs",
    "expandoutput",
    "extent_tags_retention",
    "external_data",
    "externaldata",
    "find",
    "first",
    "flags",
    "float",
    "force_remote",
    "harddelete",
    "hardretention",
    "has",
    "has_all",
    "has_any",
    "has_cs",
    "hasprefix",
    "hasprefix_cs",
    "hassuffix",
    "hassuffix_cs",
    "hotcache",
    "in",
    "int",
    "int16",
    "int32",
    "int64",
    "int8",
    "invoke",
    "in~",
    "isfuzzy",
    "journal",
    "kind",
    "ladderchart",
    "last",
    "latest",
    "like",
    "likecs",
    "linechart",
    "long",
    "materialize",
    "mdm",
    "missing",
    "nooptimization",
    "notcontains",
    "notcontainscs",
    "notlike",
    "notlikecs",
    "of",
    "or",
    "others",
    "pathformat",
    "piechart",
    "pivotchart",
    "print",
    "project",
    "queries",
    "query_results",
    "real",
    "relaxed",
    "restricted_view_access",
    "row_level_security",
    "rowstore",
    "rowstore_references",
    "rowstore_sealinfo",
    "rowstorepolicy",
    "rowstores",
    "sample",
    "scatterchart",
    "seal",
    "seals",
    "search",
    "set",
    "shards",
    "simple",
    "softdelete",
    "softretention",
    "sql",
    "stackedareachart",
    "startswith",
    "startswith_cs",
    "statistics",
    "storedqueryresultcontainers",
    "string",
    "tablepurge",
    "time",
    "timechart",
    "timeline",
    "timepivot",
    "timespan",
    "title",
    "to",
    "toscalar",
    "totable",
    "treemap",
    "uint",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "ulong",
    "union",
    "uniqueid",
    "unrestrictedviewers",
    "verbose",
    "viewers",
    "views",
    "where",
    "with_itemindex",
    "with_match_id",
    "with_source",
    "with_step_name",
    "withsource",
    "writeaheadlog",
];

/// Reserved words that may still name a column where one is declared, as in `extend title = 1`. Sorted.
pub(crate) const EXTENDED: &[&str] = &[
    "accumulate",
    "as",
    "by",
    "contains",
    "datatable",
    "earliest",
    "externaldata",
    "find",
    "has",
    "in",
    "invoke",
    "latest",
    "materialize",
    "mdm",
    "of",
    "print",
    "sample",
    "search",
    "set",
    "sql",
    "title",
    "to",
    "toscalar",
    "totable",
    "verbose",
    "viewers",
    "where",
];

/// The value of the words that are literals.
pub(crate) fn truth(word: &str) -> Option<bool> {
    match word {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// Whether the word can be a name wherever a name can stand.
pub(crate) fn is_name(word: &str) -> bool {
    !word.contains(['-', '!']) && truth(word).is_none() && RESERVED.binary_search(&word).is_err()
}

/// Whether the word can be a name where one is declared.
pub(crate) fn is_extended_name(word: &str) -> bool {
    is_name(word) || EXTENDED.binary_search(&word).is_ok()
}

/// Whether the word can be a name inside an expression; these three are reserved elsewhere.
pub(crate) fn is_reference(word: &str) -> bool {
    is_name(word) || matches!(word, "kind" | "withsource" | "with_source")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        for list in [DASHED, RESERVED, EXTENDED, TIMESPAN_UNITS] {
            assert!(list.is_sorted(), "{list:?}");
        }
        assert!(EXTENDED.iter().all(|word| RESERVED.contains(word)));
    }

    #[test]
    fn no_dashed_keyword_hides_a_longer_one() {
        for (at, short) in DASHED.iter().enumerate() {
            assert!(DASHED[at + 1..].iter().all(|long| !long.starts_with(&format!("{short}-"))));
        }
    }
}
