//! Elastic documents that keep the record they were made of: Azure's logs with `event.original`.

use std::borrow::Cow;

use kql_types::dynamic;

use super::entra::diagnostic;
use super::{Binding, Format, Mapping, Target};
use crate::catalogue::Catalogue;
use crate::layout::Layout;
use crate::row::Row;
use crate::sample::Sample;
use crate::value::{Field, Record, Value, field};

pub(super) const FORMAT: Format = Format {
    name: "elastic",
    about: "Elastic documents of Azure logs that keep the diagnostic record in event.original",
    bind,
};

fn bind(sample: &Sample, catalogue: &Catalogue) -> Option<Binding> {
    let originals: Vec<Record<'static>> =
        sample.records.iter().filter_map(|record| original(record)).collect();
    if originals.is_empty() {
        return None;
    }
    let mut inside = sample.without_records();
    inside.records = originals;
    let bound = (diagnostic::FORMAT.bind)(&inside, catalogue)?;
    Some(Binding {
        why: "category of event.original".to_string(),
        ..Binding::new(FORMAT.name, "", Elastic(bound.mapping))
    })
}

/// The fields of the record that a document was made of.
fn original(record: &[Field<'_>]) -> Option<Record<'static>> {
    let text = match field(record, "_source") {
        Some(source) => source.at(&["event", "original"])?.to_text().into_owned(),
        None => field(record, "event")?.at(&["original"])?.to_text().into_owned(),
    };
    if !dynamic::is_json(&text) {
        return None;
    }
    let member = |within, (key, raw): (&str, &str)| Field {
        within,
        key: Cow::Owned(dynamic::unquote(key).into_owned()),
        value: Value::Json(Cow::Owned(raw.to_string())),
    };
    let mut fields = Record::new();
    if let Some(properties) = dynamic::get_key(&text, "properties") {
        fields.extend(dynamic::entries(properties).map(|entry| member(1, entry)));
    }
    fields.extend(dynamic::entries(&text).map(|entry| member(0, entry)));
    Some(fields)
}

/// The mapping of the record inside.
struct Elastic(Box<dyn Mapping>);

impl Mapping for Elastic {
    fn reshape<'a>(&self, record: &[Field<'a>]) -> Option<Record<'a>> {
        original(record)
    }

    fn route<'r>(&'r self, record: &'r [Field<'_>]) -> Cow<'r, str> {
        self.0.route(record)
    }

    fn target(&self, layout: &Layout, within: u8, key: &str) -> Target {
        self.0.target(layout, within, key)
    }

    fn finish(&self, record: &[Field<'_>], row: &mut Row<'_>) {
        self.0.finish(record, row);
    }
}
