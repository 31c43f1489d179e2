//! `SESSION BY`: a window over the events in time order that numbers sessions.
//!
//! Each combination of the values listed has sessions of its own. Events outside any session, which
//! only EXPLICIT BEGIN leaves, are dropped.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{
    AggregateCall, ColumnName, Expression as Planned, ExpressionKind as Kind, Frame, Node, Operator, SortKey,
    Type, Value, WindowCall,
};

use super::{select::Select, value::Typed};
use crate::{
    codes,
    syntax::{Expression, Session},
};

/// The name queries use.
pub(super) const SESSION_ID: &str = "sessionId";
/// Between the values of a key; no text of an event has it.
const SEPARATOR: &str = "\u{241f}";
/// A value that is not there.
const ABSENT: &str = "\u{2400}";

/// Sessions to be numbered.
pub(super) struct Numbering {
    /// The column with the numbers.
    pub column: ColumnName,
    call: AggregateCall,
    explicit: bool,
    span: Span,
}

impl Select<'_, '_, '_> {
    /// Lowers the clause; from then on `sessionId` is a column.
    pub(super) fn number_sessions(&mut self, session: &Session) {
        let span = session.span;
        let Some((time, values)) = session.keys.split_first() else {
            let message = "SESSION BY needs a time and what makes a session";
            self.context.report(
                Diagnostic::error(codes::SESSION, message, span)
                    .with_help("write `SESSION BY starttime username BEGIN condition`"),
            );
            return;
        };
        let outer = self.no_aggregates.replace("SESSION BY");
        let time = self.expression(time).cast(Type::Integer);
        let key = self.key_text(values, span);
        let (begins, explicit_begin) = self.border(session.begin.as_ref(), span);
        let (ends, explicit_end) = self.border(session.end.as_ref(), span);
        self.no_aggregates = outer;
        let flag = |truth: bool| Planned::literal(Value::Boolean(truth), span);
        let limit = |limit: Option<u64>| match limit.and_then(|limit| i64::try_from(limit).ok()) {
            Some(limit) => Planned::literal(Value::Integer(limit), span),
            None => Typed::null(Type::Integer, span).expression,
        };
        let arguments = vec![
            time.clone(),
            key,
            begins,
            ends,
            flag(explicit_begin),
            flag(explicit_end),
            limit(session.timeout),
            limit(session.window),
        ];
        let call = AggregateCall {
            function: "aql_session".to_owned(),
            arguments,
            filter: None,
            order: vec![SortKey::new(time, false)],
            result: Type::Integer,
        };
        let column = self.context.fresh("session");
        self.numbering = Some(Numbering { column, call, explicit: explicit_begin, span });
    }

    /// A condition of BEGIN or END, and whether it is explicit.
    fn border(&mut self, border: Option<&(Expression, bool)>, span: Span) -> (Planned, bool) {
        match border {
            Some((condition, explicit)) => (self.condition(condition), *explicit),
            None => (Planned::literal(Value::Boolean(false), span), false),
        }
    }

    /// The values as one text.
    fn key_text(&mut self, values: &[Expression], span: Span) -> Planned {
        let mut parts = vec![Planned::text("", span)];
        for value in values {
            let value = self.expression(value);
            let value = self.readable(value).cast(Type::Text);
            let known = vec![value, Planned::text(ABSENT, span)];
            parts.push(Planned::new(Kind::Coalesce(known), span));
            parts.push(Planned::text(SEPARATOR, span));
        }
        Planned::call("aql_concat", parts, Type::Text, span)
    }

    /// The number of the session as a value, once there are any.
    pub(super) fn session_number(&self, name: &str, span: Span) -> Option<Typed> {
        let numbering = self.numbering.as_ref().filter(|_| name.eq_ignore_ascii_case(SESSION_ID))?;
        Some(Typed::new(Planned::column(numbering.column.clone(), span), Type::Integer))
    }
}

impl Numbering {
    /// What is computed for each event.
    pub(super) fn expressions(&self) -> impl Iterator<Item = &Planned> {
        self.call.arguments.iter()
    }

    /// Numbers the rows of a node.
    pub(super) fn apply(self, input: Node) -> Node {
        let Self { column, call, explicit, span } = self;
        let window = WindowCall { call, partition: Vec::new(), frame: Frame::SO_FAR };
        let calls = vec![(column.clone(), window)];
        let node = Node::new(Operator::Window { input: Box::new(input), calls }, span);
        if !explicit {
            return node;
        }
        let outside = Planned::new(Kind::IsNull(Box::new(Planned::column(column, span))), span);
        Node::new(Operator::Filter { input: Box::new(node), predicate: outside.negate() }, span)
    }
}
