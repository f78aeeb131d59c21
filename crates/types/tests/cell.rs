//! Values in columns and in print.

use arrow::array::{Array, Int64Array, StringArray};
use kql_types::builder::{empty_array, null_array, repeated_array};
use kql_types::{Cell, CellReader, ColumnBuilder, OwnedCell, ScalarType, text};

/// A text, its type, and how tostring(), the wire and a dynamic show the value.
const VALUES: [(&str, ScalarType, &str, &str, &str); 17] = [
    ("true", ScalarType::Bool, "True", "true", "true"),
    ("0", ScalarType::Bool, "False", "false", "false"),
    ("-7", ScalarType::Int, "-7", "-7", "-7"),
    ("864000000000", ScalarType::Long, "864000000000", "864000000000", "864000000000"),
    ("3.5", ScalarType::Real, "3.5", "3.5", "3.5"),
    ("2", ScalarType::Real, "2", "2.0", "2.0"),
    ("nan", ScalarType::Real, "NaN", "\"NaN\"", "\"NaN\""),
    ("-inf", ScalarType::Real, "-inf", "\"-Infinity\"", "\"-Infinity\""),
    ("1.50", ScalarType::Decimal, "1.5", "\"1.5\"", "\"1.5\""),
    (
        "2021-02-03",
        ScalarType::DateTime,
        "2021-02-03T00:00:00.0000000Z",
        "\"2021-02-03T00:00:00Z\"",
        "\"2021-02-03T00:00:00.0000000Z\"",
    ),
    (
        "2015-12-31 23:59:59.9",
        ScalarType::DateTime,
        "2015-12-31T23:59:59.9000000Z",
        "\"2015-12-31T23:59:59.9Z\"",
        "\"2015-12-31T23:59:59.9000000Z\"",
    ),
    (
        "1.02:03:04.5",
        ScalarType::Timespan,
        "1.02:03:04.5000000",
        "\"1.02:03:04.5000000\"",
        "\"1.02:03:04.5000000\"",
    ),
    ("a\"b", ScalarType::String, "a\"b", "\"a\\\"b\"", "\"a\\\"b\""),
    (
        "74BE27DE-1E4E-49D9-B579-FE0B331D3642",
        ScalarType::Guid,
        "74be27de-1e4e-49d9-b579-fe0b331d3642",
        "\"74be27de-1e4e-49d9-b579-fe0b331d3642\"",
        "\"74be27de-1e4e-49d9-b579-fe0b331d3642\"",
    ),
    ("{ \"a\":\n1 }", ScalarType::Dynamic, "{\"a\":1}", "{\"a\":1}", "{\"a\":1}"),
    ("\"s\"", ScalarType::Dynamic, "s", "\"s\"", "\"s\""),
    ("plain", ScalarType::Dynamic, "plain", "\"plain\"", "\"plain\""),
];

#[test]
fn values_print() {
    for (source, ty, shown, wire, inside) in VALUES {
        let value = OwnedCell::from_text(source, ty);
        assert_eq!(value.as_cell().scalar_type(), Some(ty), "{source}");
        assert_eq!(text::to_text(value.as_cell()), shown, "{source}");
        let mut out = String::new();
        text::json(value.as_cell(), &mut out);
        assert_eq!(out, wire, "{source}");
        out.clear();
        text::dynamic_json(value.as_cell(), &mut out);
        assert_eq!(out, inside, "{source}");
    }
}

#[test]
fn columns_give_back_what_went_in() {
    for (source, ty, ..) in VALUES {
        let value = OwnedCell::from_text(source, ty);
        let mut builder = ColumnBuilder::new(ty, 3);
        assert!(builder.append(value.as_cell()).is_ok());
        builder.append_null();
        assert!(builder.append_text(source));
        assert_eq!((builder.len(), builder.scalar_type()), (3, ty));
        let array = builder.finish();
        assert_eq!(array.data_type(), &ty.arrow());
        let null = if ty == ScalarType::String { OwnedCell::String(String::new()) } else { OwnedCell::Null };
        for (row, expected) in [&value, &null, &value].into_iter().enumerate() {
            let read = Cell::read(&array, row, ty).map(Cell::to_owned_cell);
            // NaN is not equal to itself.
            assert_eq!(format!("{read:?}"), format!("{:?}", Ok::<_, ()>(expected)), "{source}");
        }
    }
}

#[test]
fn nulls() {
    for ty in ScalarType::ALL {
        assert_eq!(empty_array(ty).len(), 0);
        let nulls = null_array(ty, 2);
        assert_eq!(nulls.data_type(), &ty.arrow());
        let expected = if ty == ScalarType::String { Cell::String("") } else { Cell::Null };
        assert_eq!(Cell::read(&nulls, 1, ty), Ok(expected));
    }
    assert_eq!(text::to_text(Cell::Null), "");
    let mut out = String::new();
    text::json(Cell::Null, &mut out);
    assert_eq!(out, "null");
    let strings = StringArray::from(vec![Some("x"), None]);
    assert_eq!(Cell::read(&strings, 1, ScalarType::String), Ok(Cell::String("")));
    assert_eq!(Cell::read(&strings, 1, ScalarType::Dynamic), Ok(Cell::Null));
}

#[test]
fn wrong_types_are_errors() {
    let longs = Int64Array::from(vec![1]);
    assert!(CellReader::new(&longs, ScalarType::Int).is_err());
    assert_eq!(Cell::read(&longs, 0, ScalarType::Timespan), Ok(Cell::Timespan(1)));
    let mut builder = ColumnBuilder::new(ScalarType::DateTime, 1);
    assert!(builder.append(Cell::Long(1)).is_err());
    assert!(!builder.append_text("no date"));
    assert!(builder.append_text(" "));
    assert_eq!(builder.finish().null_count(), 2);
    assert!(repeated_array(Cell::Long(1), ScalarType::Long, 3).is_ok_and(|array| array.len() == 3));
}

#[test]
fn csv_fields() {
    for (cell, expected) in [
        (Cell::String("a,b"), "\"a,b\""),
        (Cell::String("a\"b"), "\"a\"\"b\""),
        (Cell::String("plain"), "plain"),
        (Cell::Null, ""),
        (Cell::Dynamic("[1, 2]"), "\"[1,2]\""),
    ] {
        let mut out = String::from("x,");
        text::csv(cell, &mut out);
        assert_eq!(out, format!("x,{expected}"));
    }
}
