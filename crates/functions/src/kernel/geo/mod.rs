//! Geometry on a sphere: points, lines and polygons of GeoJSON with geodesic edges, and grids of cells.

pub mod covering;
pub mod geohash;
pub mod line;
pub mod overlay;
pub mod point;
pub mod polygon;
pub mod s2;
pub mod shape;
pub mod tessellate;
