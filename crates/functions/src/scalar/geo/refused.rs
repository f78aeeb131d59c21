//! Functions of Kusto over shapes that this engine does not have: unions, simplification, coverings, other buffers.

use kql_types::ScalarType;

use crate::function::{Function, Overload, Param};
use crate::{CallError, Typed};

pub(super) fn functions() -> Vec<Function> {
    [
        ("geo_union_polygons_array", 1),
        ("geo_union_lines_array", 1),
        ("geo_simplify_polygons_array", 1),
        ("geo_intersection_2polygons", 2),
        ("geo_polygon_to_h3cells", 1),
        ("geo_polygon_to_s2cells", 1),
        ("geo_line_to_s2cells", 1),
        ("geo_polygon_densify", 1),
        ("geo_polygon_buffer", 2),
        ("geo_line_buffer", 2),
        ("geo_polygon_simplify", 1),
        ("geo_line_simplify", 1),
    ]
    .into_iter()
    .map(|(name, least)| refused(name, least))
    .collect()
}

fn refused(name: &'static str, least: usize) -> Function {
    let refuse = |_: &[Typed]| -> Result<Typed, CallError> {
        Err(CallError::unsupported(
            "unions, simplifications, coverings and buffers of shapes are not supported",
        ))
    };
    let params = vec![Param::is("shape", ScalarType::Dynamic), Param::any("argument")];
    Function::new(name, "Not supported.", &[]).on(Overload::expand(params, refuse).variadic(least))
}
