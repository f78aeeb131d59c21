//! `externaldata (columns) [urls] with (format=…, …)`: rows of files that stand in for what lies on the web.

use kql_parser::ast::{Expr, ExprKind, ExternalData, Literal, Parameter};
use kql_parser::span::Span;
use kql_types::ScalarType;

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic, unsupported};
use crate::env::Env;
use crate::frame::Frame;
use crate::outside::{self, Mapping};
use crate::params::Params;
use crate::rows::{Rows, RowsBuilder};

/// How the bytes of a file become records.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Format {
    Delimited(u8),
    Lines,
    Whole,
    JsonLines,
    JsonValues,
    Parquet,
}

const FORMATS: &[(&str, Format)] = &[
    ("csv", Format::Delimited(b',')),
    ("tsv", Format::Delimited(b'\t')),
    ("psv", Format::Delimited(b'|')),
    ("scsv", Format::Delimited(b';')),
    ("sohsv", Format::Delimited(1)),
    ("txt", Format::Lines),
    ("raw", Format::Whole),
    ("json", Format::JsonLines),
    ("multijson", Format::JsonValues),
    ("singlejson", Format::JsonValues),
    ("parquet", Format::Parquet),
];

/// Formats of Kusto that are not read here.
const REFUSED: &[&str] = &["tsve", "avro", "apacheavro", "orc", "w3clogfile", "azmonstream", "sstream"];

/// The properties behind `with`.
struct Properties {
    format: Option<Format>,
    skip_first: Option<Span>,
    mapping: Option<Mapping>,
}

impl Binder<'_> {
    pub(crate) fn externaldata(&mut self, env: &Env, data: &ExternalData, span: Span) -> Result<Frame> {
        Params::check("externaldata", &data.params, &[])?;
        let columns = self.declared_columns(&data.columns)?;
        let properties = properties(&data.properties)?;
        let mut urls = Vec::new();
        for uri in &data.uris {
            let value = self.constant(env, uri, "the address")?;
            match value.literal_str() {
                Some(url) if value.ty == ScalarType::String => urls.push((url.to_string(), uri.span)),
                _ if !self.execute => {}
                _ => return Err(semantic(codes::TYPES, uri.span, "an address is a string")),
            }
        }
        let mut rows = RowsBuilder::new(columns.clone());
        let mut batches = Vec::new();
        if self.execute {
            for (url, place) in &urls {
                let path = self.local_copy(url, *place)?;
                let format = match properties.format {
                    Some(format) => format,
                    None => format_of(&path.to_string_lossy()).ok_or_else(|| {
                        let message = format!("the format of {url} is not built yet");
                        unsupported(codes::UNSUPPORTED_FORM, *place, message)
                    })?,
                };
                let mapping = properties.mapping.as_ref();
                if format == Format::Parquet {
                    let read = outside::parquet(&path, &columns, mapping);
                    batches.extend(read.map_err(|error| codes::data(*place, error))?);
                    continue;
                }
                let content = outside::read(&path).map_err(|error| codes::data(*place, error))?;
                let skip = properties.skip_first.is_some();
                let rows = &mut rows;
                match format {
                    Format::Delimited(delimiter) => {
                        outside::delimited(&content, delimiter, skip, &columns, mapping, rows, *place)?;
                    }
                    Format::Lines => outside::lines(&content, skip, &columns, rows, *place)?,
                    Format::Whole => outside::whole(&content, &columns, rows, *place)?,
                    Format::JsonLines | Format::JsonValues | Format::Parquet if skip => {
                        let message = "ignoreFirstRecord for records that are no lines is not built yet";
                        let place = properties.skip_first.unwrap_or(span);
                        return Err(unsupported(codes::UNSUPPORTED_FORM, place, message));
                    }
                    Format::JsonLines => outside::json_lines(&content, &columns, mapping, rows, *place)?,
                    Format::JsonValues | Format::Parquet => {
                        outside::json_values(&content, &columns, mapping, rows, *place)?;
                    }
                }
            }
        }
        let built = rows.finish(span)?;
        batches.insert(0, built.batch);
        let rows = Rows::new(columns, &batches, span)?;
        self.frame_of(rows, span)
    }

    /// The file that stands in for a URL.
    fn local_copy(&self, url: &str, span: Span) -> Result<std::path::PathBuf> {
        let refuse = |message: String, hint: String| {
            let mut error = unsupported(codes::OUTSIDE, span, message);
            error.hints.push(hint);
            Err(error)
        };
        let Some(mirror) = &self.options.outside.mirror else {
            return refuse(
                format!("nothing is read from the network, so {url} is not at hand"),
                "give a folder that holds a copy, HOST/PATH for https://HOST/PATH, with --mirror".into(),
            );
        };
        match outside::mirrored(mirror, url) {
            Some(path) if path.is_file() => Ok(path),
            Some(path) => refuse(
                format!("nothing is read from the network, and there is no copy of {url}"),
                format!("the copy belongs at {}", path.display()),
            ),
            None => refuse(
                format!("`{url}` is no address with a host and a path"),
                "an address such as https://host/path is read from the mirror folder".into(),
            ),
        }
    }
}

fn properties(properties: &[Parameter]) -> Result<Properties> {
    let mut read = Properties { format: None, skip_first: None, mapping: None };
    for property in properties {
        match property.name.text.to_ascii_lowercase().as_str() {
            "format" => {
                let word = word(&property.value)?;
                let lower = word.to_ascii_lowercase();
                match FORMATS.iter().find(|(name, _)| *name == lower) {
                    Some((_, format)) => read.format = Some(*format),
                    None if REFUSED.contains(&lower.as_str()) => {
                        let message = format!("the format {word} is not built yet");
                        return Err(unsupported(codes::UNSUPPORTED_FORM, property.value.span, message));
                    }
                    None => {
                        let message = format!("there is no format `{word}`");
                        let mut error = semantic(codes::PARAMETER_VALUE, property.value.span, message);
                        error
                            .hints
                            .extend(crate::suggest::hint(&lower, FORMATS.iter().map(|(name, _)| *name)));
                        return Err(error);
                    }
                }
            }
            "ignorefirstrecord" => match word(&property.value)?.to_ascii_lowercase().as_str() {
                "true" => read.skip_first = Some(property.name.span),
                "false" => {}
                _ => {
                    let message = "ignoreFirstRecord is true or false";
                    return Err(semantic(codes::PARAMETER_VALUE, property.value.span, message));
                }
            },
            "ingestionmapping" => {
                let mapping = Mapping::parse(&word(&property.value)?)
                    .map_err(|error| semantic(codes::PARAMETER_VALUE, property.value.span, error))?;
                read.mapping = Some(mapping);
            }
            _ => {
                let message =
                    format!("the property `{}` of externaldata is not built yet", property.name.text);
                return Err(unsupported(codes::UNSUPPORTED_FORM, property.name.span, message));
            }
        }
    }
    Ok(read)
}

fn word(value: &Expr) -> Result<String> {
    match &value.kind {
        ExprKind::Name(word) | ExprKind::Literal(Literal::String(word)) => Ok(word.clone()),
        ExprKind::Literal(Literal::Bool(Some(flag))) => Ok(flag.to_string()),
        _ => Err(semantic(codes::PARAMETER_VALUE, value.span, "a word or a text is expected here")),
    }
}

/// The format that a file's name tells, CSV when it tells none; `None` where that is one that is not read here.
fn format_of(path: &str) -> Option<Format> {
    let path = path.strip_suffix(".gz").unwrap_or(path);
    let extension = path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    if matches!(extension.as_str(), "avro" | "orc" | "log") {
        return None;
    }
    let known = FORMATS.iter().find(|(name, _)| *name == extension);
    Some(known.map_or(Format::Delimited(b','), |(_, format)| *format))
}
