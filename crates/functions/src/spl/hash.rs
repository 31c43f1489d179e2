//! Digests of text, in hexadecimal: `md5`, `sha1`, `sha256`, `sha512`.

use std::borrow::Cow;
use std::fmt::Write;

use arrow::array::ArrayRef;
use md5::Md5;
use sha1::Sha1;
use sha2::digest::Digest;
use sha2::{Sha256, Sha512};

use crate::base::Literal::{List, Null, Num, Text};
use crate::base::{Call, Function};

const SOURCE: &str = "Splunk search reference, cryptographic functions";

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::of_each_text(
        SOURCE,
        "spl_md5",
        "md5(<str>)",
        "The MD5 digest in hexadecimal.",
        digest::<Md5>,
        &[
            (&[Text("abc")], Text("900150983cd24fb0d6963f7d28e17f72")),
            (&[Text("")], Text("d41d8cd98f00b204e9800998ecf8427e")),
            (&[Null], Null),
        ],
    ),
    Function::of_each_text(
        SOURCE,
        "spl_sha1",
        "sha1(<str>)",
        "The SHA-1 digest in hexadecimal.",
        digest::<Sha1>,
        &[
            (&[Text("abc")], Text("a9993e364706816aba3e25717850c26c9cd0d89d")),
            (&[Num(1.0)], Text("356a192b7913b04c54574d18c28d46e6395428ab")),
        ],
    ),
    Function::of_each_text(
        SOURCE,
        "spl_sha256",
        "sha256(<str>)",
        "The SHA-256 digest in hexadecimal.",
        digest::<Sha256>,
        &[(&[Text("abc")], Text("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))],
    ),
    Function::of_each_text(
        SOURCE,
        "spl_sha512",
        "sha512(<str>)",
        "The SHA-512 digest in hexadecimal; of a list the digest of each value.",
        digest::<Sha512>,
        &[
            (
                &[Text("abc")],
                Text(
                    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
                ),
            ),
            (
                &[List(&["abc"])],
                List(&[
                    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
                ]),
            ),
        ],
    ),
];

fn digest<D: Digest>(call: &Call<'_>) -> ArrayRef {
    call.each_text(|_, text| {
        let mut shown = String::with_capacity(128);
        for byte in D::digest(text.as_bytes()) {
            let _ = write!(shown, "{byte:02x}");
        }
        Some(Cow::Owned(shown))
    })
}
