//! `xpath`: what a path leads to in XML text.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::Returns;

use crate::base::Literal::{List, Null, Text};
use crate::base::{Call, Function, Memo};
use crate::xml::{Document, XmlPath};

pub(crate) const FUNCTIONS: &[Function] = &[Function {
    name: "spl_xpath",
    signature: "xpath(<value>, <path>)",
    meaning: "What a path leads to in XML text: attributes and texts, elements that hold others as they are written. \
              Nothing where the text is no XML, or begins with a declaration.",
    source: "Splunk search reference, xpath",
    examples: &[
        (&[Text("<a><b k='v'/></a><a><b k='w'/></a>"), Text("//b/@k")], List(&["v", "w"])),
        (&[Text("<a><b>1</b><c>x</c></a><a><b>2</b><c>y</c></a>"), Text("//a[c='y']/b")], List(&["2"])),
        (&[Text("<?xml version='1.0'?><a>1</a>"), Text("//a")], Null),
        (&[Text("<a>1"), Text("//a")], Null),
        (&[Text("no markup"), Text("//a")], Null),
    ],
    arity: (2, 2),
    result: Returns::LIST,
    evaluate: xpath,
    uses_now: false,
    law: None,
}];

fn xpath(call: &Call<'_>) -> ArrayRef {
    let mut memo = Memo::new();
    call.lists(|row| {
        let path = memo.get(&row.text(1)?, XmlPath::read).as_ref()?;
        let mut found = Vec::new();
        for text in row.cell(0).values() {
            let document = Document::read(&text);
            if document.is_whole && !document.has_prologue {
                found.extend(path.values(&document).into_iter().map(Cow::Owned));
            }
        }
        Some(found)
    })
}
