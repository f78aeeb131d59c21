//! Points on the unit sphere, and edges between them.

/// The mean radius of the Earth in meters.
pub const EARTH_RADIUS: f64 = 6_371_010.0;

/// A point on the unit sphere; after arithmetic, any vector.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Towards longitude 0 on the equator.
    pub x: f64,
    /// Towards longitude 90 on the equator.
    pub y: f64,
    /// Towards the north pole.
    pub z: f64,
}

impl Point {
    /// The point of a longitude and a latitude in degrees; `None` outside -180 to 180 and -90 to 90.
    pub fn from_degrees(longitude: f64, latitude: f64) -> Option<Self> {
        let valid = (-180.0..=180.0).contains(&longitude) && (-90.0..=90.0).contains(&latitude);
        valid.then(|| Point::of_degrees(longitude, latitude))
    }

    /// The point of a longitude, of any number of turns, and a latitude in degrees.
    pub fn of_degrees(longitude: f64, latitude: f64) -> Self {
        let (longitude, latitude) = (longitude.to_radians(), latitude.to_radians());
        Point { x: latitude.cos() * longitude.cos(), y: latitude.cos() * longitude.sin(), z: latitude.sin() }
    }

    /// Longitude and latitude in degrees.
    pub fn degrees(self) -> (f64, f64) {
        let equatorial = (self.x * self.x + self.y * self.y).sqrt();
        (self.y.atan2(self.x).to_degrees(), self.z.atan2(equatorial).to_degrees())
    }

    /// The scalar product.
    pub fn dot(self, other: Point) -> f64 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    /// The vector product.
    pub fn cross(self, other: Point) -> Point {
        Point {
            x: self.y * other.z - self.z * other.y,
            y: self.z * other.x - self.x * other.z,
            z: self.x * other.y - self.y * other.x,
        }
    }

    /// The sum.
    pub fn plus(self, other: Point) -> Point {
        Point { x: self.x + other.x, y: self.y + other.y, z: self.z + other.z }
    }

    /// The difference.
    pub fn minus(self, other: Point) -> Point {
        Point { x: self.x - other.x, y: self.y - other.y, z: self.z - other.z }
    }

    /// The vector times a number.
    pub fn times(self, factor: f64) -> Point {
        Point { x: self.x * factor, y: self.y * factor, z: self.z * factor }
    }

    /// The length of the vector.
    pub fn length(self) -> f64 {
        self.dot(self).sqrt()
    }

    /// The vector of the same direction and length 1; the null vector stays.
    pub fn normalized(self) -> Point {
        let length = self.length();
        if length > 0.0 { self.times(1.0 / length) } else { self }
    }

    /// The angle to another point in radians, exact for small and large angles alike.
    pub fn angle(self, other: Point) -> f64 {
        self.cross(other).length().atan2(self.dot(other))
    }

    /// A vector of length 1 at right angles; the same one that the S2 library takes.
    pub fn orthogonal(self) -> Point {
        let (x, y, z) = (self.x.abs(), self.y.abs(), self.z.abs());
        let mut helper = Point { x: 0.012, y: 0.0053, z: 0.00457 };
        if x > y && x > z {
            helper.z = 1.0;
        } else if y > z {
            helper.x = 1.0;
        } else {
            helper.y = 1.0;
        }
        self.cross(helper).normalized()
    }
}

/// The point at a share of the way along an edge.
pub fn interpolate(share: f64, a: Point, b: Point) -> Point {
    at_angle(share * a.angle(b), a, b)
}

/// The point at an angle from the beginning of an edge.
pub fn at_angle(angle: f64, a: Point, b: Point) -> Point {
    let normal = a.cross(b);
    if normal.length() == 0.0 {
        return a;
    }
    let tangent = normal.cross(a).normalized();
    a.times(angle.cos()).plus(tangent.times(angle.sin())).normalized()
}

/// The point of an edge that is closest to a point.
pub fn closest(point: Point, a: Point, b: Point) -> Point {
    let normal = a.cross(b);
    let foot = point.minus(normal.times(point.dot(normal) / normal.dot(normal)));
    let inside = normal.cross(a).dot(foot) > 0.0 && b.cross(normal).dot(foot) > 0.0;
    if inside && foot.length() > 0.0 {
        foot.normalized()
    } else if point.angle(a) <= point.angle(b) {
        a
    } else {
        b
    }
}

/// Which side of the edge from `a` to `b` a point lies on: positive on the left.
pub fn side(a: Point, b: Point, point: Point) -> f64 {
    // The differences keep the digits that the products of nearby points lose.
    a.cross(b.minus(a)).dot(point.minus(a))
}

/// Where two edges cross inside both; `None` where they do not, or only touch.
pub fn crossing(a: Point, b: Point, c: Point, d: Point) -> Option<Point> {
    let (c_side, d_side) = (side(a, b, c), side(a, b, d));
    let (a_side, b_side) = (side(c, d, a), side(c, d, b));
    if c_side * d_side >= 0.0 || a_side * b_side >= 0.0 {
        return None;
    }
    // The straight segment from c to d meets the plane of the other edge here.
    let meeting = c.plus(d.minus(c).times(c_side / (c_side - d_side))).normalized();
    let ahead = meeting.dot(a.plus(b)) > 0.0;
    ahead.then_some(meeting)
}

/// The direction of `to` at `from` in radians, clockwise from north, 0 to below a full turn.
pub fn azimuth(from: Point, to: Point) -> f64 {
    let north = Point { x: 0.0, y: 0.0, z: 1.0 };
    let east = north.cross(from);
    let up = from.cross(east);
    let angle = to.dot(east).atan2(to.dot(up));
    if angle < 0.0 { angle + std::f64::consts::TAU } else { angle }
}
