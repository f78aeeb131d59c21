//! Reals inside a dynamic value, with the very digits that Kusto prints.
//!
//! Kusto's dynamics print a real by the Grisu2 algorithm (Florian Loitsch, "Printing Floating-Point Numbers Quickly
//! and Accurately with Integers", 2010): nearly always the fewest digits that read back as the same value. Where
//! that takes 9 digits or more after the scaled number's point, its digits are cut from the upper end of the
//! interval of the value and not moved to the nearest: `40.764323000000008` where the nearest is `…005`. Both read
//! back alike; `tostring()` of a dynamic shows the difference.

use std::fmt::Write;

/// Appends a real as a JSON value: `.0` where there is no fraction, an exponent from 22 digits on and below six
/// zeros (`5.0`, `1e22`, `1.5e-7`). NaN and the infinities, which JSON does not have, become the texts `"NaN"`,
/// `"Infinity"` and `"-Infinity"`.
pub fn write_json_real(value: f64, out: &mut String) {
    if value.is_nan() {
        return out.push_str("\"NaN\"");
    }
    if value.is_infinite() {
        return out.push_str(if value > 0.0 { "\"Infinity\"" } else { "\"-Infinity\"" });
    }
    if value.is_sign_negative() {
        out.push('-');
    }
    if value == 0.0 {
        return out.push_str("0.0");
    }
    let (digits, power) = shortest(value.abs());
    // Where the point stands, counted from the first digit.
    let point = digits.len() as i32 + power;
    match point {
        1..=21 if power >= 0 => {
            out.push_str(&digits);
            out.extend(std::iter::repeat_n('0', power as usize));
            out.push_str(".0");
        }
        1..=21 => {
            let (whole, fraction) = digits.split_at(point as usize);
            out.push_str(whole);
            out.push('.');
            out.push_str(fraction);
        }
        -5..=0 => {
            out.push_str("0.");
            out.extend(std::iter::repeat_n('0', point.unsigned_abs() as usize));
            out.push_str(&digits);
        }
        _ => {
            let (first, rest) = digits.split_at(1);
            out.push_str(first);
            if !rest.is_empty() {
                out.push('.');
                out.push_str(rest);
            }
            // Writing into a String cannot fail.
            let _ = write!(out, "e{}", point - 1);
        }
    }
}

/// A number of 64 bits times a power of two.
#[derive(Clone, Copy)]
struct Scaled {
    bits: u64,
    exponent: i32,
}

impl Scaled {
    fn new(value: f64) -> Scaled {
        let bits = value.to_bits();
        let (biased, fraction) = (((bits >> 52) & 0x7ff) as i32, bits & ((1 << 52) - 1));
        match biased {
            0 => Scaled { bits: fraction, exponent: -1074 },
            _ => Scaled { bits: fraction | 1 << 52, exponent: biased - 1075 },
        }
    }

    fn normalized(self) -> Scaled {
        let shift = self.bits.leading_zeros();
        Scaled { bits: self.bits << shift, exponent: self.exponent - shift as i32 }
    }

    /// The upper 64 bits of the product, rounded.
    fn times(self, other: Scaled) -> Scaled {
        let product = u128::from(self.bits) * u128::from(other.bits) + (1 << 63);
        Scaled { bits: (product >> 64) as u64, exponent: self.exponent + other.exponent + 64 }
    }
}

/// The digits of a positive finite value, and the power of ten of the last one.
fn shortest(value: f64) -> (String, i32) {
    let exact = Scaled::new(value);
    let upper = Scaled { bits: (exact.bits << 1) + 1, exponent: exact.exponent - 1 }.normalized();
    let lower = match exact.bits {
        // Below a power of two the next value is half as far.
        bits if bits == 1 << 52 => Scaled { bits: (bits << 2) - 1, exponent: exact.exponent - 2 },
        bits => Scaled { bits: (bits << 1) - 1, exponent: exact.exponent - 1 },
    };
    let lower = Scaled { bits: lower.bits << (lower.exponent - upper.exponent), exponent: upper.exponent };
    let (scale, power) = power_for(upper.exponent);
    let (low, high) = (lower.times(scale).bits + 1, upper.times(scale));
    let middle = exact.normalized().times(scale);
    digits(high.bits - 1, high.exponent, (high.bits - 1) - low, (high.bits - 1) - middle.bits, power)
}

/// Cuts digits from `high`, whose `-exponent` lower bits are its fraction, until what is left is less than `width`,
/// the size of the interval; `above` is how far the value itself lies below `high`.
fn digits(high: u64, exponent: i32, mut width: u64, above: u64, mut power: i32) -> (String, i32) {
    let point = exponent.unsigned_abs();
    let one = 1_u64 << point;
    let (mut whole, mut fraction) = (high >> point, high & (one - 1));
    let mut text = String::with_capacity(18);
    let mut places = whole.checked_ilog10().map_or(0, |log| log + 1);
    while places > 0 {
        let unit = 10_u64.pow(places - 1);
        push(whole / unit, &mut text);
        whole %= unit;
        places -= 1;
        let rest = (whole << point) + fraction;
        if rest <= width {
            return (nearest(text, width, rest, unit << point, above), power + places as i32);
        }
    }
    for index in 1_u32.. {
        fraction *= 10;
        width *= 10;
        push(fraction >> point, &mut text);
        fraction &= one - 1;
        if fraction < width {
            power -= index as i32;
            let above = if index < 9 { above.wrapping_mul(10_u64.pow(index)) } else { 0 };
            return (nearest(text, width, fraction, one, above), power);
        }
    }
    (text, power)
}

fn push(digit: u64, text: &mut String) {
    if digit != 0 || !text.is_empty() {
        text.push(char::from(b'0' + digit as u8));
    }
}

/// Lowers the last digit, whose unit is `unit`, while that comes nearer to the value and stays in the interval.
fn nearest(mut text: String, width: u64, mut rest: u64, unit: u64, above: u64) -> String {
    let mut steps = 0;
    while rest < above
        && width - rest >= unit
        && (rest + unit < above || above - rest > rest.wrapping_add(unit).wrapping_sub(above))
    {
        rest += unit;
        steps += 1;
    }
    if steps > 0
        && let Some(last) = text.pop()
    {
        text.push(char::from(last as u8 - steps));
    }
    text
}

/// A power of ten that brings a number of this exponent to one with 32 to 60 bits of fraction, and what it takes to
/// undo it.
fn power_for(exponent: i32) -> (Scaled, i32) {
    let wanted = f64::from(-61 - exponent) * std::f64::consts::LOG10_2 + 347.0;
    let index = (wanted.ceil() as usize >> 3) + 1;
    let power = -348 + (index as i32) * 8;
    // floor(power * log2(10)), exact in this range.
    let exponent = ((power * 217_706) >> 16) - 63;
    (Scaled { bits: POWERS.get(index).copied().unwrap_or_default(), exponent }, -power)
}

/// 10^-348, 10^-340 … 10^340, each as its first 64 bits, rounded.
#[rustfmt::skip]
const POWERS: [u64; 87] = [
    0xfa8fd5a0081c0288, 0xbaaee17fa23ebf76, 0x8b16fb203055ac76, 0xcf42894a5dce35ea, 0x9a6bb0aa55653b2d,
    0xe61acf033d1a45df, 0xab70fe17c79ac6ca, 0xff77b1fcbebcdc4f, 0xbe5691ef416bd60c, 0x8dd01fad907ffc3c,
    0xd3515c2831559a83, 0x9d71ac8fada6c9b5, 0xea9c227723ee8bcb, 0xaecc49914078536d, 0x823c12795db6ce57,
    0xc21094364dfb5637, 0x9096ea6f3848984f, 0xd77485cb25823ac7, 0xa086cfcd97bf97f4, 0xef340a98172aace5,
    0xb23867fb2a35b28e, 0x84c8d4dfd2c63f3b, 0xc5dd44271ad3cdba, 0x936b9fcebb25c996, 0xdbac6c247d62a584,
    0xa3ab66580d5fdaf6, 0xf3e2f893dec3f126, 0xb5b5ada8aaff80b8, 0x87625f056c7c4a8b, 0xc9bcff6034c13053,
    0x964e858c91ba2655, 0xdff9772470297ebd, 0xa6dfbd9fb8e5b88f, 0xf8a95fcf88747d94, 0xb94470938fa89bcf,
    0x8a08f0f8bf0f156b, 0xcdb02555653131b6, 0x993fe2c6d07b7fac, 0xe45c10c42a2b3b06, 0xaa242499697392d3,
    0xfd87b5f28300ca0e, 0xbce5086492111aeb, 0x8cbccc096f5088cc, 0xd1b71758e219652c, 0x9c40000000000000,
    0xe8d4a51000000000, 0xad78ebc5ac620000, 0x813f3978f8940984, 0xc097ce7bc90715b3, 0x8f7e32ce7bea5c70,
    0xd5d238a4abe98068, 0x9f4f2726179a2245, 0xed63a231d4c4fb27, 0xb0de65388cc8ada8, 0x83c7088e1aab65db,
    0xc45d1df942711d9a, 0x924d692ca61be758, 0xda01ee641a708dea, 0xa26da3999aef774a, 0xf209787bb47d6b85,
    0xb454e4a179dd1877, 0x865b86925b9bc5c2, 0xc83553c5c8965d3d, 0x952ab45cfa97a0b3, 0xde469fbd99a05fe3,
    0xa59bc234db398c25, 0xf6c69a72a3989f5c, 0xb7dcbf5354e9bece, 0x88fcf317f22241e2, 0xcc20ce9bd35c78a5,
    0x98165af37b2153df, 0xe2a0b5dc971f303a, 0xa8d9d1535ce3b396, 0xfb9b7cd9a4a7443c, 0xbb764c4ca7a44410,
    0x8bab8eefb6409c1a, 0xd01fef10a657842c, 0x9b10a4e5e9913129, 0xe7109bfba19c0c9d, 0xac2820d9623bf429,
    0x80444b5e7aa7cf85, 0xbf21e44003acdd2d, 0x8e679c2f5e44ff8f, 0xd433179d9c8cb841, 0x9e19db92b4e31ba9,
    0xeb96bf6ebadf77d9, 0xaf87023b9bf0ee6b,
];
