//! Records of comma-separated values, and version numbers.

use super::part::array;
use crate::column::JsonText;
use crate::function::Function;
use crate::row;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "parse_csv",
            "An array of the values of the first record of a CSV text. A value in double quotes may hold commas, line \
             ends and doubled quotes.",
            &[
                ("parse_csv('aa,\"b,b\",\"Title: \"\"x\"\"\"')", "[\"aa\",\"b,b\",\"Title: \\\"x\\\"\"]"),
                ("parse_csv('record1,a\\nrecord2,x')", "[\"record1\",\"a\"]"),
            ],
        )
        .keeps_name()
        .on(row!(|csv_text: &str| -> JsonText {
            let values = first_record(csv_text);
            array(values.iter().map(String::as_str))
        })),
    ]
}

fn first_record(text: &str) -> Vec<String> {
    let mut values = Vec::new();
    let mut value = String::new();
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.next_if_eq(&'"').is_some() => value.push('"'),
            '"' if quoted => quoted = false,
            '"' if value.is_empty() => quoted = true,
            ',' if !quoted => values.push(std::mem::take(&mut value)),
            '\r' if !quoted && characters.peek() == Some(&'\n') => break,
            '\n' if !quoted => break,
            _ => value.push(character),
        }
    }
    values.push(value);
    values
}
