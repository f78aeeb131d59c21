//! Places on the Earth, taken as a sphere: distances, lines and polygons of GeoJSON, grids of cells, well-known text.

mod cells;
mod covering;
mod line;
mod overlay;
mod partial;
mod point;
mod polygon;
mod wkt;

use datafusion::arrow::array::ArrayRef;
use datafusion::common::Result;

use crate::column::{Input, Json, Output};
use crate::function::Function;

pub(super) fn functions() -> Vec<Function> {
    let mut functions = point::functions();
    functions.extend(line::functions());
    functions.extend(polygon::functions());
    functions.extend(cells::functions());
    functions.extend(overlay::functions());
    functions.extend(covering::functions());
    functions.extend(partial::functions());
    functions.extend(wkt::functions());
    functions
}

/// A shape in every row, read once where it is the same for all.
struct Shapes<'a, S> {
    view: crate::column::View<'a, Json<'a>>,
    parse: fn(&str) -> Option<S>,
    constant: Option<Option<S>>,
}

impl<'a, S> Shapes<'a, S> {
    fn new(input: &'a Input, parse: fn(&str) -> Option<S>) -> Result<Self> {
        let view = input.view::<Json>()?;
        let constant = input.is_scalar().then(|| view.get(0).and_then(|json| parse(json.0)));
        Ok(Shapes { view, parse, constant })
    }

    /// What a function makes of the shape of a row; `None` where it is invalid.
    fn with<T>(&self, row: usize, of: impl FnOnce(&S) -> Option<T>) -> Option<T> {
        match &self.constant {
            Some(shape) => shape.as_ref().and_then(of),
            None => {
                let shape = self.view.get(row).and_then(|json| (self.parse)(json.0))?;
                of(&shape)
            }
        }
    }
}

/// A column from what a function makes of every row.
fn collect<O: Output>(rows: usize, value: impl Fn(usize) -> Option<O>) -> Result<ArrayRef> {
    let mut builder = O::builder(rows);
    for row in 0..rows {
        O::append(&mut builder, value(row));
    }
    Ok(O::finish(builder))
}
