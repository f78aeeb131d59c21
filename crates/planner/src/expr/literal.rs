//! Literals to typed constants.

use datafusion::logical_expr::lit;
use datafusion::scalar::ScalarValue;
use kql_functions::Typed;
use kql_parser::ast::{DynamicLiteral, Literal};
use kql_parser::span::Span;
use kql_types::scalar_type::DECIMAL_SCALE;
use kql_types::{ScalarType, datetime, decimal, guid, timespan};

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic};

impl Binder<'_> {
    /// A literal with its type.
    pub(crate) fn literal(&self, literal: &Literal, span: Span) -> Result<Typed> {
        let bad = |what: &str, text: &str| semantic(codes::TYPES, span, format!("`{text}` is not a {what}"));
        Ok(match literal {
            Literal::Bool(value) => Typed::new(lit(ScalarValue::Boolean(*value)), ScalarType::Bool),
            Literal::Int(value) => Typed::new(lit(ScalarValue::Int32(*value)), ScalarType::Int),
            Literal::Long(value) => Typed::new(lit(ScalarValue::Int64(*value)), ScalarType::Long),
            Literal::Real(value) => Typed::new(lit(ScalarValue::Float64(*value)), ScalarType::Real),
            Literal::String(text) => Typed::string(text.clone()),
            Literal::Decimal(text) => {
                let value = typed(text, decimal::parse).ok_or_else(|| bad("decimal", text))?;
                Typed::new(lit(ScalarValue::Decimal128(value, 38, DECIMAL_SCALE)), ScalarType::Decimal)
            }
            Literal::DateTime(text) if matches!(text.trim(), "" | "now" | "now()") => {
                Typed::new(lit(self.clock()), ScalarType::DateTime)
            }
            Literal::DateTime(text) => {
                // A lone number is null; blanks around the dashes of a date do not matter.
                let number = text.trim().bytes().all(|byte| byte.is_ascii_digit());
                let value = typed(text, |text| {
                    datetime::parse_literal(text)
                        .or_else(|| datetime::parse_literal(&text.replace(" - ", "-")))
                });
                let value = if number { Some(value.flatten()) } else { value };
                let value = value.or_else(|| self.time_today(text).map(Some));
                let value = value.ok_or_else(|| bad("datetime", text))?;
                Typed::new(lit(ScalarValue::Int64(value)), ScalarType::DateTime)
            }
            Literal::Timespan(text) => {
                let value = typed(text, timespan::parse_literal).ok_or_else(|| bad("timespan", text))?;
                Typed::new(lit(ScalarValue::Int64(value)), ScalarType::Timespan)
            }
            Literal::Guid(text) => {
                let value = typed(text, guid::parse).ok_or_else(|| bad("guid", text))?;
                let bytes = value.map(|bytes| bytes.to_vec());
                Typed::new(lit(ScalarValue::FixedSizeBinary(16, bytes)), ScalarType::Guid)
            }
            Literal::Dynamic(DynamicLiteral::Null) => Typed::null(ScalarType::Dynamic),
            Literal::Dynamic(value) => {
                let mut json = String::new();
                self.dynamic_json(value, span, &mut json)?;
                Typed::new(lit(ScalarValue::Utf8View(Some(json))), ScalarType::Dynamic)
            }
            Literal::Type(name) => {
                return Err(semantic(
                    codes::SHAPE,
                    span,
                    format!("the type `{name}` does not stand for a value"),
                ));
            }
        })
    }

    /// A time of day, as in `datetime(8:00)`, which is that of the day of `now()`.
    fn time_today(&self, text: &str) -> Option<i64> {
        let text = text.trim();
        let is_time =
            text.contains(':') && text.bytes().all(|byte| byte.is_ascii_digit() || b":.".contains(&byte));
        let time = timespan::parse_literal(text).filter(|_| is_time)?;
        (0..datetime::TICKS_PER_DAY).contains(&time).then(|| {
            let now = self.clock();
            now - now.rem_euclid(datetime::TICKS_PER_DAY) + time
        })
    }

    /// Appends the JSON text of what stands inside `dynamic(…)`.
    fn dynamic_json(&self, value: &DynamicLiteral, span: Span, json: &mut String) -> Result<()> {
        match value {
            DynamicLiteral::Null => json.push_str("null"),
            DynamicLiteral::Bool(value) => json.push_str(if *value { "true" } else { "false" }),
            DynamicLiteral::Long(value) => json.push_str(&value.to_string()),
            DynamicLiteral::Real(value) => match serde_json::Number::from_f64(*value) {
                Some(_) => kql_types::number::write_json_real(*value, json),
                None => kql_types::dynamic::quote(&kql_types::number::real_text(*value), json),
            },
            DynamicLiteral::String(text) => kql_types::dynamic::quote(text, json),
            DynamicLiteral::Array(items) => {
                json.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        json.push(',');
                    }
                    self.dynamic_json(item, span, json)?;
                }
                json.push(']');
            }
            DynamicLiteral::Bag(entries) => {
                json.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        json.push(',');
                    }
                    kql_types::dynamic::quote(key, json);
                    json.push(':');
                    self.dynamic_json(value, span, json)?;
                }
                json.push('}');
            }
            DynamicLiteral::Typed(literal) => {
                let value = self.literal(literal, span)?;
                let value = kql_functions::resolve::convert(value, ScalarType::Dynamic)
                    .map_err(|error| self.call_error(error, span, &[]))?;
                match value.literal_str() {
                    Some(text) => json.push_str(text),
                    None => json.push_str("null"),
                }
            }
        }
        Ok(())
    }
}

/// `null` is a value of every type; anything else is read.
fn typed<T>(text: &str, parse: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    let text = text.trim();
    if text == "null" || text.is_empty() { Some(None) } else { parse(text).map(Some) }
}
