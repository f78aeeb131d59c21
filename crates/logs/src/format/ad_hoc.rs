//! Any other JSON or CSV: a table of its own, named after the file, whose columns are inferred from all of its rows.

use std::borrow::Cow;
use std::path::Path;

use super::{Binding, Format, Mapping, Target};
use crate::catalogue::Catalogue;
use crate::layout::Layout;
use crate::sample::Sample;
use crate::value::Field;

pub(super) const FORMAT: Format = Format {
    name: "ad-hoc",
    about: "any JSON or CSV as a table named after the file, with inferred columns",
    bind: |sample, catalogue| Some(bind(sample, catalogue)),
};

pub(super) fn bind(sample: &Sample, catalogue: &Catalogue) -> Binding {
    let table = table_name(&sample.path, catalogue);
    let why = "no known table has these columns, so it is named after the file";
    Binding { header: sample.header.clone(), ..Binding::new(FORMAT.name, why, AdHoc { table }) }
}

struct AdHoc {
    table: String,
}

impl Mapping for AdHoc {
    fn route<'r>(&'r self, _record: &'r [Field<'_>]) -> Cow<'r, str> {
        Cow::Borrowed(&self.table)
    }

    fn target(&self, layout: &Layout, _within: u8, key: &str) -> Target {
        layout.slot(key).map_or(Target::Extra, |slot| Target::Column(slot, 0))
    }

    fn is_plain(&self) -> bool {
        true
    }

    fn only_table(&self) -> Option<&str> {
        Some(&self.table)
    }
}

/// A table name from a file's name up to its first dot. A name that a known table has gets the ending `_CL`.
pub(crate) fn table_name(path: &Path, catalogue: &Catalogue) -> String {
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = file.split('.').find(|part| !part.is_empty()).unwrap_or("file");
    let mut name: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, '_');
    }
    if catalogue.contains(&name) { name + "_CL" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_identifiers_and_do_not_hide_a_known_table() {
        let name = |path: &str| table_name(Path::new(path), &Catalogue::new());
        assert_eq!(name("a/my-file.json.gz"), "my_file");
        assert_eq!(name("2024-01.csv"), "_2024_01");
        assert_eq!(name("SigninLogs.csv"), "SigninLogs_CL");
        assert_eq!(name("OktaV2_CL.csv"), "OktaV2_CL");
    }
}
