//! Records that are in a table's own shape already: portal CSV, workspace data export, hunting results, NDJSON and JSON
//! with the table's column names.

use std::borrow::Cow;

use super::{Binding, Format, Mapping, Target};
use crate::catalogue::{Catalogue, respelt};
use crate::classify::{self, Verdict};
use crate::layout::Layout;
use crate::load::Layouts;
use crate::sample::Sample;
use crate::value::{Field, field};

pub(super) const FORMAT: Format = Format {
    name: "table",
    about: "JSON or CSV with a table's own column names: portal and hunting CSV, data export, NDJSON",
    bind,
};

/// Columns that hold the name of a row's table: `search` writes the first, Log Analytics the second.
const TABLE_KEYS: [&str; 2] = ["$table", "Type"];

fn bind(sample: &Sample, catalogue: &Catalogue) -> Option<Binding> {
    let by_row = TABLE_KEYS.into_iter().find_map(|key| {
        let tables = classify::named_tables(sample, key, catalogue);
        (!tables.is_empty()).then_some((key, tables))
    });
    let (route, why) = match by_row {
        Some((key, tables)) => (Route::ByRow(key, tables), format!("{key} column")),
        None => match classify::by_columns(sample, catalogue) {
            Verdict::Table(table, why) => (Route::Always(table), why),
            Verdict::Unclear(_) => return None,
        },
    };
    let flat = Flat { route, known: Layouts::new(catalogue), catalogue: catalogue.clone() };
    Some(Binding { header: sample.header.clone(), ..Binding::new(FORMAT.name, why, flat) })
}

enum Route {
    Always(String),
    /// By the value of this key where it names one of these tables, a custom one or a table that has the row's columns,
    /// otherwise the first of them.
    ByRow(&'static str, Vec<String>),
}

struct Flat {
    route: Route,
    catalogue: Catalogue,
    /// The tables of the catalogue that rows have named.
    known: Layouts,
}

impl Flat {
    /// Whether a known table of this name has the columns of this very record. Chunks are read side by side, so that no
    /// record may speak for those that come after it.
    fn is_table_of(&self, name: &str, record: &[Field<'_>]) -> bool {
        // What no table is called is not remembered: there may be as many such values as rows.
        let Some(layout) =
            Some(name).filter(|name| self.catalogue.contains(name)).and_then(|name| self.known.get(name))
        else {
            return false;
        };
        let filled = record.iter().filter(|field| !field.value.is_empty());
        classify::has_enough(&layout, filled.map(|field| field.key.as_ref()))
    }
}

impl Mapping for Flat {
    fn route<'r>(&'r self, record: &'r [Field<'_>]) -> Cow<'r, str> {
        match &self.route {
            Route::Always(table) => Cow::Borrowed(table),
            Route::ByRow(key, tables) => {
                let value = field(record, key).map(|value| value.to_text()).unwrap_or_default();
                let own = tables.iter().any(|table| *table == value)
                    || value.ends_with("_CL")
                    || (*key == "$table" && !value.is_empty())
                    || self.is_table_of(&value, record);
                match tables.first() {
                    Some(first) if !own => Cow::Borrowed(first),
                    _ => value,
                }
            }
        }
    }

    fn target(&self, layout: &Layout, _within: u8, key: &str) -> Target {
        target(layout, key)
    }

    fn is_plain(&self) -> bool {
        true
    }

    fn routes_by(&self, table: &str) -> Option<&str> {
        match &self.route {
            Route::ByRow(key, tables) if tables.iter().any(|known| known == table) => Some(key),
            _ => None,
        }
    }

    fn only_table(&self) -> Option<&str> {
        match &self.route {
            Route::Always(table) => Some(table),
            Route::ByRow(..) => None,
        }
    }
}

/// The column that a key of a table's own shape means.
pub(super) fn target(layout: &Layout, key: &str) -> Target {
    if matches!(key, "$table" | "TableName") && layout.slot(key).is_none() {
        return Target::Drop;
    }
    match layout.slot(key) {
        Some(slot) => Target::Column(slot, 1),
        // A union of tables that type a column differently writes it twice; one of the two is filled in each row.
        None => match halves(key).or_else(|| respelt(key)).and_then(|name| layout.slot(name)) {
            Some(slot) => Target::Column(slot, 0),
            None => Target::Extra,
        },
    }
}

/// The column of a key such as `Status_dynamic`, which a union makes of columns of unlike types, or `UserId_`, which some
/// exports of OfficeActivity repeat a column under.
fn halves(key: &str) -> Option<&str> {
    let (name, ty) = key.rsplit_once('_')?;
    (ty.is_empty() || kql_types::ScalarType::from_name(ty).is_some()).then_some(name)
}
