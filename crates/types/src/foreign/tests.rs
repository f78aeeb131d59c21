use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, DictionaryArray, DurationMillisecondArray, Float64Array, Int64Array, ListArray,
    StringArray, StructArray, TimestampMicrosecondArray, TimestampNanosecondArray,
};
use arrow::datatypes::{DataType, Field, Int32Type};

use super::*;
use crate::{Cell, ScalarType, datetime};

fn cells(array: ArrayRef, wanted: ScalarType) -> Vec<String> {
    let field = Field::new("c", array.data_type().clone(), true);
    let column = column(&array, &field, wanted);
    assert_eq!(column.data_type(), &wanted.arrow());
    let cell = |row| match Cell::read(&column, row, wanted) {
        Ok(Cell::Null) => "null".to_string(),
        Ok(Cell::DateTime(ticks)) => datetime::to_text(ticks),
        Ok(Cell::Timespan(ticks)) => timespan::to_text(ticks),
        Ok(Cell::String(text) | Cell::Dynamic(text)) => text.to_string(),
        Ok(Cell::Long(value)) => value.to_string(),
        Ok(Cell::Int(value)) => value.to_string(),
        other => format!("{other:?}"),
    };
    (0..column.len()).map(cell).collect()
}

#[test]
fn timestamps_of_every_unit_are_ticks() {
    let micros =
        TimestampMicrosecondArray::from(vec![Some(1_774_103_400_123_456), None]).with_timezone("UTC");
    assert_eq!(cells(Arc::new(micros), ScalarType::DateTime), ["2026-03-21T14:30:00.1234560Z", "null"]);
    let nanos = TimestampNanosecondArray::from(vec![1_774_103_400_123_456_789]);
    assert_eq!(cells(Arc::new(nanos), ScalarType::DateTime), ["2026-03-21T14:30:00.1234567Z"]);
    let numbers = Int64Array::from(vec![
        1_774_103_400,
        1_774_103_400_000,
        1_774_103_400_000_000,
        639_097_002_000_000_000,
    ]);
    assert_eq!(cells(Arc::new(numbers), ScalarType::DateTime), ["2026-03-21T14:30:00.0000000Z"; 4]);
    let spans = DurationMillisecondArray::from(vec![Some(1500), None]);
    assert_eq!(cells(Arc::new(spans), ScalarType::Timespan), ["00:00:01.5000000", "null"]);
}

#[test]
fn texts_lose_their_nulls() {
    let texts = StringArray::from(vec![Some("a"), None]);
    assert_eq!(cells(Arc::new(texts), ScalarType::String), ["a", ""]);
    let few: DictionaryArray<Int32Type> = vec![Some("a"), None, Some("a")].into_iter().collect();
    assert_eq!(cells(Arc::new(few), ScalarType::String), ["a", "", "a"]);
    let bytes = BinaryArray::from_vec(vec![b"x", b"\xff"]);
    assert_eq!(cells(Arc::new(bytes), ScalarType::String), ["x", ""]);
    assert_eq!(cells(Arc::new(Int64Array::from(vec![Some(50126), None])), ScalarType::String), ["50126", ""]);
}

#[test]
fn nested_values_are_json() {
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1), None]), None]);
    let name: ArrayRef = Arc::new(StringArray::from(vec![Some("a\"b"), None]));
    let record = StructArray::from(vec![
        (Arc::new(Field::new("name", DataType::Utf8, true)), name),
        (Arc::new(Field::new("list", list.data_type().clone(), true)), Arc::new(list) as ArrayRef),
    ]);
    assert_eq!(cells(Arc::new(record), ScalarType::Dynamic), [r#"{"name":"a\"b","list":[1,null]}"#, "{}"]);
    let texts = StringArray::from(vec![Some("{\"a\": 1}"), Some("plain"), Some(""), Some("null"), None]);
    assert_eq!(
        cells(Arc::new(texts), ScalarType::Dynamic),
        ["{\"a\": 1}", "\"plain\"", "null", "null", "null"]
    );
}

#[test]
fn fractions_are_no_whole_numbers() {
    let values = Float64Array::from(vec![Some(7.0), Some(7.5), Some(1e30), None]);
    assert_eq!(cells(Arc::new(values.clone()), ScalarType::Long), ["7", "null", "null", "null"]);
    assert_eq!(cells(Arc::new(values), ScalarType::Int), ["7", "null", "null", "null"]);
    let texts = StringArray::from(vec![Some("7"), Some("x")]);
    assert_eq!(cells(Arc::new(texts), ScalarType::Long), ["7", "null"]);
}

#[test]
fn a_tag_overrules_the_storage_type() {
    let field = ScalarType::DateTime.field("c");
    assert_eq!(type_of(&field), ScalarType::DateTime);
    let ticks: ArrayRef = Arc::new(Int64Array::from(vec![5]));
    assert_eq!(column(&ticks, &field, ScalarType::DateTime).as_ref(), ticks.as_ref());
    assert_eq!(type_of(&Field::new("c", DataType::Int64, true)), ScalarType::Long);
}
