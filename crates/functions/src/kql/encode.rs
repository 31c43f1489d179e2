//! Hashes, base64, addresses of the web, and texts that hold several parts.

use arrow::array::ArrayRef;
use base64::{Engine, engine::general_purpose::STANDARD};
use quarry_plan::{Returns, Type, Value};
use serde_json::{Map, Value as Json};
use sha2::Digest;

use super::{array::array, row, value::text_of};
use crate::base::{
    Call, Example, Function,
    Literal::{Null, Text, Written},
};

const fn of_text(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    row(name, signature, meaning, (1, 1), Returns::TEXT, evaluate, examples)
}

/// A text made of a text, empty where there is none.
fn made(call: &Call<'_>, make: fn(&str) -> Option<String>) -> ArrayRef {
    call.texts(|row| Some(make(&text_of(row.cell(0))).unwrap_or_default().into()))
}

fn json(call: &Call<'_>, make: fn(&str) -> Option<Json>) -> ArrayRef {
    call.values(|row| {
        make(&text_of(row.cell(0))).map_or(Value::Null, |value| Value::Dynamic(value.to_string()))
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) const FUNCTIONS: &[Function] = &[
    of_text(
        "kql_hash_md5",
        "hash_md5(<value>)",
        "The MD5 of a value's text, in hexadecimal.",
        |call| made(call, |text| Some(hex(&md5::Md5::digest(text)))),
        &[(&[Text("World")], Text("f5a7924e621e84c9280a9a27e1bcb7f6"))],
    ),
    of_text(
        "kql_hash_sha1",
        "hash_sha1(<value>)",
        "The SHA-1 of a value's text, in hexadecimal.",
        |call| made(call, |text| Some(hex(&sha1::Sha1::digest(text)))),
        &[(&[Text("World")], Text("70c07ec18ef89c5309bbb0937f3a6342411e1fdd"))],
    ),
    of_text(
        "kql_hash_sha256",
        "hash_sha256(<value>)",
        "The SHA-256 of a value's text, in hexadecimal.",
        |call| made(call, |text| Some(hex(&sha2::Sha256::digest(text)))),
        &[(&[Text("World")], Text("78ae647dc5544d227130a0682a51e30bc7777fbb6d8a8f17007463a3ecd1d524"))],
    ),
    of_text(
        "kql_base64_encode_tostring",
        "base64_encode_tostring(<text>)",
        "The text in base64.",
        |call| made(call, |text| Some(STANDARD.encode(text))),
        &[(&[Text("Kusto")], Text("S3VzdG8="))],
    ),
    of_text(
        "kql_base64_decode_tostring",
        "base64_decode_tostring(<text>)",
        "The text that base64 stands for; empty where it is none in UTF-8.",
        |call| made(call, |text| String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok()),
        &[(&[Text("S3VzdG8=")], Text("Kusto")), (&[Text("$")], Text(""))],
    ),
    row(
        "kql_base64_decode_toarray",
        "base64_decode_toarray(<text>)",
        "The bytes that base64 stands for as a JSON array of numbers.",
        (1, 1),
        Returns::Fixed(Type::Dynamic),
        |call| json(call, |text| Some(Json::from(STANDARD.decode(text.trim()).ok()?))),
        &[(&[Text("S3VzdG8=")], Written(Type::Dynamic, "[75,117,115,116,111]")), (&[Text("$")], Null)],
    ),
    row(
        "kql_base64_encode_fromarray",
        "base64_encode_fromarray(<array>)",
        "A JSON array of bytes in base64.",
        (1, 1),
        Returns::TEXT,
        |call| {
            call.texts(|row| {
                let bytes = array(row.cell(0)).and_then(|items| {
                    items
                        .iter()
                        .map(|item| item.as_u64().and_then(|byte| u8::try_from(byte).ok()))
                        .collect::<Option<Vec<u8>>>()
                });
                Some(bytes.map(|bytes| STANDARD.encode(bytes)).unwrap_or_default().into())
            })
        },
        &[(&[Written(Type::Dynamic, "[75,117]")], Text("S3U="))],
    ),
    of_text(
        "kql_url_encode",
        "url_encode(<text>)",
        "The text as it stands in addresses, a space as `+`.",
        |call| made(call, |text| Some(encoded(text).replace("%20", "+"))),
        &[(&[Text("hello world/")], Text("hello+world%2f"))],
    ),
    of_text(
        "kql_url_encode_component",
        "url_encode_component(<text>)",
        "The text as it stands in a part of an address, a space as `%20`.",
        |call| made(call, |text| Some(encoded(text))),
        &[(&[Text("hello world/")], Text("hello%20world%2f"))],
    ),
    of_text(
        "kql_url_decode",
        "url_decode(<text>)",
        "The text that stands in an address.",
        |call| made(call, |text| Some(decoded(&text.replace('+', " ")))),
        &[(&[Text("hello%20world%2f")], Text("hello world/"))],
    ),
    row(
        "kql_parse_url",
        "parse_url(<address>)",
        "The parts of an address as a JSON object.",
        (1, 1),
        Returns::Fixed(Type::Dynamic),
        |call| json(call, |text| Some(parsed_url(text))),
        &[(
            &[Text("scheme://username:password@host:1234/this/is/a/path?k1=v1&k2=v2#fragment")],
            Written(
                Type::Dynamic,
                "{\"Scheme\":\"scheme\",\"Host\":\"host\",\"Port\":\"1234\",\"Path\":\"/this/is/a/path\",\"Username\":\"username\",\"Password\":\"password\",\"Query Parameters\":{\"k1\":\"v1\",\"k2\":\"v2\"},\"Fragment\":\"fragment\"}",
            ),
        )],
    ),
    row(
        "kql_parse_urlquery",
        "parse_urlquery(<query>)",
        "The parameters of an address as a JSON object.",
        (1, 1),
        Returns::Fixed(Type::Dynamic),
        |call| json(call, |text| Some(query_parameters(text.strip_prefix('?').unwrap_or(text), true))),
        &[(
            &[Text("k1=v1&k2=v2")],
            Written(Type::Dynamic, "{\"Query Parameters\":{\"k1\":\"v1\",\"k2\":\"v2\"}}"),
        )],
    ),
    row(
        "kql_parse_path",
        "parse_path(<path>)",
        "The parts of a path of files as a JSON object.",
        (1, 1),
        Returns::Fixed(Type::Dynamic),
        |call| json(call, |text| Some(parsed_path(text))),
        &[(
            &[Text("C:\\temp\\file.txt")],
            Written(
                Type::Dynamic,
                "{\"Scheme\":\"\",\"RootPath\":\"C:\",\"DirectoryPath\":\"C:\\\\temp\",\"DirectoryName\":\"temp\",\"Filename\":\"file.txt\",\"Extension\":\"txt\",\"AlternateDataStreamName\":\"\"}",
            ),
        )],
    ),
    row(
        "kql_parse_version",
        "parse_version(<version>)",
        "A version of up to four numbers as a number by which versions are in order.",
        (1, 1),
        Returns::Fixed(Type::Decimal),
        |call| call.values(|row| version(&text_of(row.cell(0))).map_or(Value::Null, Value::Decimal)),
        &[
            (&[Text("1.2.3.40")], Written(Type::Decimal, "1000000020000000300000040")),
            (&[Text("1.2")], Written(Type::Decimal, "1000000020000000000000000")),
            (&[Text("a")], Null),
        ],
    ),
    row(
        "kql_parse_csv",
        "parse_csv(<text>)",
        "The fields of a line of comma-separated values as a JSON array.",
        (1, 1),
        Returns::Fixed(Type::Dynamic),
        |call| json(call, |text| Some(csv_fields(text))),
        &[(&[Text("a,\"b,c\",d")], Written(Type::Dynamic, "[\"a\",\"b,c\",\"d\"]"))],
    ),
];

fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'!' | b'*' | b'(' | b')' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02x}"),
    };
    text.bytes().map(byte).collect()
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let pair = text.get(at + 1..at + 3).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (byte, pair) {
            (b'%', Some(value)) => {
                out.push(value);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn query_parameters(text: &str, wrapped: bool) -> Json {
    let mut all = Map::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        all.insert(name.to_owned(), Json::String(value.to_owned()));
    }
    if !wrapped {
        return Json::Object(all);
    }
    let mut whole = Map::new();
    whole.insert("Query Parameters".to_owned(), Json::Object(all));
    Json::Object(whole)
}

fn parsed_url(text: &str) -> Json {
    let (rest, fragment) = text.split_once('#').unwrap_or((text, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (scheme, rest) = rest.split_once("://").or_else(|| rest.split_once(':')).unwrap_or(("", rest));
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let (host, port) = match host.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (host, port),
        _ => (host, ""),
    };
    let texts = [
        ("Scheme", scheme),
        ("Host", host),
        ("Port", port),
        ("Path", path),
        ("Username", user),
        ("Password", password),
    ];
    let mut all: Map<String, Json> =
        texts.into_iter().map(|(name, text)| (name.to_owned(), Json::String(text.to_owned()))).collect();
    all.insert("Query Parameters".to_owned(), query_parameters(query, false));
    all.insert("Fragment".to_owned(), Json::String(fragment.to_owned()));
    Json::Object(all)
}

fn parsed_path(text: &str) -> Json {
    let (scheme, rest) = text.split_once("://").map_or(("", text), |(scheme, rest)| (scheme, rest));
    let separators = ['\\', '/'];
    let (directory, file) = rest.rfind(separators).map_or(("", rest), |at| (&rest[..at], &rest[at + 1..]));
    let has_drive = rest.get(1..2) == Some(":");
    let root = if has_drive { &rest[..2] } else { "" };
    let (file, stream) = file.split_once(':').filter(|_| !directory.is_empty()).unwrap_or((file, ""));
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    let name = directory.rsplit(separators).next().filter(|name| *name != root).unwrap_or_default();
    let texts = [
        ("Scheme", scheme),
        ("RootPath", root),
        ("DirectoryPath", directory),
        ("DirectoryName", name),
        ("Filename", file),
        ("Extension", extension),
        ("AlternateDataStreamName", stream),
    ];
    let all = texts.into_iter().map(|(name, text)| (name.to_owned(), Json::String(text.to_owned())));
    Json::Object(all.collect())
}

fn version(text: &str) -> Option<quarry_plan::Decimal> {
    let parts: Vec<u32> = text.trim().split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    if parts.is_empty() || parts.len() > 4 || parts.iter().any(|part| *part >= 100_000_000) {
        return None;
    }
    let part = |place: usize| i128::from(parts.get(place).copied().unwrap_or(0));
    let number = (0..4).fold(0_i128, |number, place| number * 100_000_000 + part(place));
    quarry_plan::Decimal::new(number, 0)
}

fn csv_fields(text: &str) -> Json {
    let line = text.split(['\n', '\r']).next().unwrap_or_default();
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            letter => field.push(letter),
        }
    }
    fields.push(field);
    Json::from(fields)
}
