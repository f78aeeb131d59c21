//! Every code that the parser gives, KQL0001 to KQL0099. A code is never reused for something else.

/// A code, what it stands for, and a query that causes it.
#[derive(Debug, Clone, Copy)]
pub struct Code {
    /// The code itself.
    pub code: &'static str,
    /// What it stands for.
    pub title: &'static str,
    /// A small query that causes it.
    pub example: &'static str,
}

macro_rules! codes {
    ($($name:ident $code:literal $title:literal, $example:expr;)*) => {
        $(#[doc = $title] pub const $name: &str = $code;)*

        /// All of them.
        pub const CODES: &[Code] = &[$(Code { code: $code, title: $title, example: $example },)*];
    };
}

codes! {
    UNEXPECTED "KQL0001" "The query does not go on as the grammar demands.", "T | where";
    UNKNOWN_OPERATOR "KQL0002" "No operator has the name after the pipe.", "T | wher a == 1";
    OPEN_STRING "KQL0003" "A string is not closed.", "print \"abc";
    ESCAPE "KQL0004" "A backslash begins no escape.", "print 'a\\q'";
    CHARACTER "KQL0005" "A character has no meaning in a query.", "print 1 ^ 2";
    RESERVED "KQL0006" "A reserved word is used as a name.", "T | where by == 1";
    LITERAL "KQL0007" "The text of a literal is no value of its type.", "print int(x)";
    TYPE_NAME "KQL0008" "A type has an unknown name.", "datatable(a:strng)[]";
    DEPTH "KQL0009" "The query is nested too deeply.", DEEP;
    NO_ROWS "KQL0010" "An operator that needs rows stands first.", "where a == 1";
    RAW_GUID "KQL0011" "A guid is written without `guid(…)`.", "print 01234567-89ab-cdef-0123-456789abcdef";
    PLACEHOLDER "KQL0012" "A placeholder in braces has no value.", "T | where a > {Start}";
    UNSUPPORTED "KQL0013" "Kusto reads this, this engine does not.", "T | make-graph a -- b";
    COMMAND "KQL0014" "A management command is not a query.", ".show tables";
    ASSIGNMENT "KQL0015" "A single `=` stands where a comparison is meant.", "T | where a = 1";
    TAKES_NO_ROWS "KQL0016" "An operator that makes its own rows stands after a pipe.", "T | print 1";
}

/// Nothing but opening parentheses.
const DEEP: &str = match std::str::from_utf8(&[b'('; 2000]) {
    Ok(text) => text,
    Err(_) => "",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend_and_stay_below_one_hundred() {
        assert!(CODES.is_sorted_by(|a, b| a.code < b.code));
        assert!(CODES.iter().all(|code| code.code.starts_with("KQL00") && code.code.len() == 7));
    }

    #[test]
    fn each_example_causes_its_code() {
        for code in CODES {
            let found = crate::parse(code.example).expect_err(code.code);
            assert_eq!(found[0].code, code.code, "{}", found[0].message);
        }
    }
}
