//! `printf`.

use quarry_plan::Returns;
use std::borrow::Cow;

use super::source::CONVERSION;
use crate::base::Literal::{Null, Num, Text};
use crate::base::{Call, Cell, Function, Row};

pub(crate) const FUNCTIONS: &[Function] = &[Function {
    name: "spl_printf",
    signature: "printf(<format>, <arguments>)",
    meaning: "Text built as by C's printf: %s %z %c %d %i %u %o %x %X %p %f %e %g %a and %%, with flags, width and precision.",
    source: CONVERSION,
    examples: &[
        (&[Text("%s has %d items"), Text("cart"), Num(3.0)], Text("cart has 3 items")),
        (&[Text("%05.1f|%-5s|%+d"), Num(3.0625), Text("ab"), Num(7.0)], Text("003.1|ab   |+7")),
        (&[Text("%x %X %o %#x"), Num(255.0), Num(255.0), Num(8.0), Num(255.0)], Text("ff FF 10 0xff")),
        (&[Text("%'d"), Num(1_234_567.0)], Text("1,234,567")),
        (&[Text("%.2e"), Num(12_345.678)], Text("1.23e+04")),
        (&[Text("%g"), Num(0.5)], Text("0.5")),
        (&[Text("%*d"), Num(5.0), Num(42.0)], Text("   42")),
        (&[Text("%c%c"), Num(81.0), Text("rs")], Text("Qr")),
        (&[Text("%z %p"), Text("ab"), Num(171.0)], Text("ab AB")),
        (&[Text("%a %.1A"), Num(10.0), Num(0.75)], Text("0x1.4p+3 0X1.8P-1")),
        (
            &[Text("[%.0d] %G %#.0f %#g"), Num(0.0), Num(1e-7), Num(3.0), Num(1.5)],
            Text("[] 1E-07 3. 1.50000"),
        ),
        (&[Text("100%%")], Text("100%")),
        (&[Text("%.2s"), Text("abc")], Text("ab")),
        (&[Text("%d"), Text("x")], Text("0")),
        (&[Null], Null),
    ],
    arity: (1, usize::MAX),
    result: Returns::TEXT,
    evaluate: |call: &Call<'_>| call.texts(|row| Some(Cow::Owned(print(&row.text(0)?, row)))),
    uses_now: false,
    law: None,
}];

/// The most characters one directive may be padded to.
const WIDEST: usize = 4096;

#[derive(Debug, Default)]
struct Directive {
    left: bool,
    plus: bool,
    space: bool,
    zero: bool,
    alternate: bool,
    thousands: bool,
    width: usize,
    precision: Option<usize>,
}

fn print(format: &str, row: Row<'_>) -> String {
    let mut out = String::new();
    let mut letters = format.chars().peekable();
    let mut next = 1;
    while let Some(letter) = letters.next() {
        if letter != '%' {
            out.push(letter);
        } else if letters.next_if_eq(&'%').is_some() {
            out.push('%');
        } else {
            let directive = read(&mut letters, row, &mut next);
            let Some(conversion) = letters.next() else {
                break;
            };
            out.push_str(&directive.write(conversion, row, next));
            next += 1;
        }
    }
    out
}

fn read(letters: &mut std::iter::Peekable<std::str::Chars<'_>>, row: Row<'_>, next: &mut usize) -> Directive {
    let mut directive = Directive::default();
    while let Some(flag) = letters.next_if(|letter| "-+ 0#'".contains(*letter)) {
        match flag {
            '-' => directive.left = true,
            '+' => directive.plus = true,
            ' ' => directive.space = true,
            '0' => directive.zero = true,
            '#' => directive.alternate = true,
            _ => directive.thousands = true,
        }
    }
    directive.width = size(letters, row, next);
    if letters.next_if_eq(&'.').is_some() {
        directive.precision = Some(size(letters, row, next));
    }
    while letters.next_if(|letter| "hlLqjt".contains(*letter)).is_some() {}
    directive
}

/// A width or precision: digits, or `*` for the next argument.
fn size(letters: &mut std::iter::Peekable<std::str::Chars<'_>>, row: Row<'_>, next: &mut usize) -> usize {
    if letters.next_if_eq(&'*').is_some() {
        let value = row.number(*next).unwrap_or(0.0);
        *next += 1;
        return (value.max(0.0) as usize).min(WIDEST);
    }
    let mut value = 0usize;
    while let Some(digit) = letters.peek().and_then(|letter| letter.to_digit(10)) {
        value = (value * 10 + digit as usize).min(WIDEST);
        letters.next();
    }
    value
}

impl Directive {
    fn write(&self, conversion: char, row: Row<'_>, argument: usize) -> String {
        let number = row.number(argument).unwrap_or(0.0);
        match conversion {
            'c' => self.pad(String::new(), character(row, argument).into_iter().collect(), false),
            's' | 'z' => {
                let text = row.text(argument).unwrap_or_default();
                let most = self.precision.unwrap_or(usize::MAX);
                self.pad(String::new(), text.chars().take(most).collect(), false)
            }
            'd' | 'i' | 'u' => self.signed(number, self.digits((number.abs().trunc() as u64).to_string())),
            'x' => self.pad(self.prefix("0x"), self.digits(format!("{:x}", number as i64)), true),
            'X' | 'p' => self.pad(self.prefix("0X"), self.digits(format!("{:X}", number as i64)), true),
            'o' => self.pad(self.prefix("0"), self.digits(format!("{:o}", number as i64)), true),
            'a' | 'e' | 'f' | 'g' => self.signed(number, self.fraction(conversion, number.abs())),
            'A' | 'E' | 'F' | 'G' => {
                let text = self.fraction(conversion.to_ascii_lowercase(), number.abs());
                self.signed(number, text.to_uppercase())
            }
            other => format!("%{other}"),
        }
    }

    /// A number that is not negative, with its fraction.
    fn fraction(&self, conversion: char, number: f64) -> String {
        let precision = self.precision.unwrap_or(6);
        let text = match conversion {
            'a' => hexadecimal(number, self.precision),
            'e' => scientific(number, precision),
            'g' => general(number, precision, self.alternate),
            _ => self.group(format!("{number:.precision$}")),
        };
        if !self.alternate || text.contains('.') {
            return text;
        }
        let point = text.find(['e', 'p']).unwrap_or(text.len());
        let (mantissa, exponent) = text.split_at(point);
        format!("{mantissa}.{exponent}")
    }

    fn prefix(&self, text: &str) -> String {
        if self.alternate { text.to_owned() } else { String::new() }
    }

    /// At least `precision` digits.
    fn digits(&self, digits: String) -> String {
        if self.precision == Some(0) && digits == "0" {
            return String::new();
        }
        let missing = self.precision.unwrap_or(0).saturating_sub(digits.len());
        self.group(format!("{}{digits}", "0".repeat(missing)))
    }

    fn group(&self, digits: String) -> String {
        if !self.thousands {
            return digits;
        }
        let whole = digits.find('.').unwrap_or(digits.len());
        let mut out = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && index < whole && (whole - index).is_multiple_of(3) {
                out.push(',');
            }
            out.push(digit);
        }
        out
    }

    fn signed(&self, number: f64, digits: String) -> String {
        let sign = match number {
            negative if negative < 0.0 => "-",
            _ if self.plus => "+",
            _ if self.space => " ",
            _ => "",
        };
        self.pad(sign.to_owned(), digits, true)
    }

    fn pad(&self, sign: String, body: String, numeric: bool) -> String {
        let missing = self.width.saturating_sub(sign.chars().count() + body.chars().count());
        if self.left {
            return format!("{sign}{body}{}", " ".repeat(missing));
        }
        if self.zero && numeric {
            return format!("{sign}{}{body}", "0".repeat(missing));
        }
        format!("{}{sign}{body}", " ".repeat(missing))
    }
}

/// C writes at least two digits of exponent, with a sign.
fn scientific(number: f64, precision: usize) -> String {
    let text = format!("{number:.precision$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("{mantissa}e{sign}{digits:0>2}")
}

/// The character of a code point, or the first one of a text.
fn character(row: Row<'_>, argument: usize) -> Option<char> {
    match row.cell(argument) {
        Cell::Number(_) | Cell::Integer(_) => {
            row.number(argument).filter(|code| *code >= 0.0).and_then(|code| char::from_u32(code as u32))
        }
        cell => cell.text()?.chars().next(),
    }
}

/// `0x1.8p+1`: the digits of the fraction after a one, and the power of two.
fn hexadecimal(number: f64, precision: Option<usize>) -> String {
    const FRACTION_BITS: u32 = 52;
    let bits = number.to_bits();
    let (exponent, fraction) = ((bits >> FRACTION_BITS) as i64 & 0x7ff, bits & ((1 << FRACTION_BITS) - 1));
    let (lead, power) = match (exponent, fraction) {
        (0, 0) => (0, 0),
        (0, _) => (0, -1022),
        _ => (1, exponent - 1023),
    };
    let mut whole = (lead << FRACTION_BITS) | fraction;
    let shown = precision.unwrap_or(13).min(13);
    let dropped = FRACTION_BITS - 4 * shown as u32;
    if dropped > 0 {
        let half = 1_u64 << (dropped - 1);
        let rest = whole & ((1 << dropped) - 1);
        whole >>= dropped;
        if rest > half || (rest == half && whole & 1 == 1) {
            whole += 1;
        }
        whole <<= dropped;
    }
    let digits = format!("{:013x}", whole & ((1 << FRACTION_BITS) - 1));
    let mut digits: String = digits.chars().take(shown).collect();
    match precision {
        None => digits.truncate(digits.trim_end_matches('0').len()),
        Some(wanted) => digits.extend(std::iter::repeat_n('0', wanted.saturating_sub(shown))),
    }
    let point = if digits.is_empty() { "" } else { "." };
    format!("0x{:x}{point}{digits}p{power:+}", whole >> FRACTION_BITS)
}

fn general(number: f64, precision: usize, keep_zeros: bool) -> String {
    let precision = precision.max(1);
    let exponent = if number == 0.0 { 0 } else { number.log10().floor() as i64 };
    let plain = exponent >= -4 && exponent < precision as i64;
    let text = if plain {
        let decimals = (precision as i64 - 1 - exponent).max(0) as usize;
        format!("{number:.decimals$}")
    } else {
        scientific(number, precision - 1)
    };
    if keep_zeros {
        return text;
    }
    let (mantissa, tail) = text
        .split_once('e')
        .map_or((text.as_str(), String::new()), |(mantissa, rest)| (mantissa, format!("e{rest}")));
    let trimmed =
        if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
    format!("{trimmed}{tail}")
}
