//! `cidrmatch` and `ipmask`.

use std::borrow::Cow;
use std::net::Ipv4Addr;

use arrow::array::ArrayRef;
use quarry_plan::Returns;

use super::source::{COMPARISON, CONVERSION};
use crate::base::Literal::{Bool, List, Null, Text};
use crate::base::{Call, Function, Memo};
use crate::network::{contains, parse_network};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function {
        name: "spl_cidrmatch",
        signature: "cidrmatch(<cidr>, <ip>)",
        meaning: "Whether an IPv4 or IPv6 address lies in a network.",
        source: COMPARISON,
        examples: &[
            (&[Text("10.0.0.0/8"), Text("10.1.2.3")], Bool(true)),
            (&[Text("10.0.0.0/8"), Text("11.1.2.3")], Bool(false)),
            (&[Text("10.9.9.9/8"), Text("10.1.2.3")], Bool(true)),
            (&[Text("2001:db8::/32"), Text("2001:db8::1")], Bool(true)),
            (&[Text("10.0.0.0/8"), Text("ec2.amazonaws.com")], Bool(false)),
            (&[Text("10.0.0.0/8"), List(&["x", "10.1.1.1"])], Bool(true)),
            (&[Text("10.0.0.0/8"), Null], Null),
            (&[Text("nowhere"), Text("10.1.2.3")], Null),
        ],
        arity: (2, 2),
        result: Returns::BOOLEAN,
        evaluate: cidrmatch,
        uses_now: false,
        law: None,
    },
    Function {
        name: "spl_ipmask",
        signature: "ipmask(<mask>, <ip>)",
        meaning: "The bits of an IPv4 address that a mask leaves.",
        source: CONVERSION,
        examples: &[
            (&[Text("255.255.255.0"), Text("10.20.30.120")], Text("10.20.30.0")),
            (&[Text("0.255.0.224"), Text("10.20.30.120")], Text("0.20.0.96")),
            (&[Text("255.0.0.0"), Text("no address")], Null),
        ],
        arity: (2, 2),
        result: Returns::TEXT,
        evaluate: ipmask,
        uses_now: false,
        law: None,
    },
];

fn ipmask(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| {
        let address = |position| row.text(position)?.trim().parse::<Ipv4Addr>().ok();
        Some(Cow::Owned((address(0)? & address(1)?).to_string()))
    })
}

fn cidrmatch(call: &Call<'_>) -> ArrayRef {
    let mut memo = Memo::new();
    call.booleans(|row| {
        let network = (*memo.get(&row.text(0)?, parse_network))?;
        let address = row.cell(1);
        if address.is_null() { None } else { Some(address.values().any(|text| contains(network, &text))) }
    })
}
