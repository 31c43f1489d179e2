//! How each tabular operator is read, its name and settings having been read.

use super::{
    cursor::Cursor,
    lexer::TokenKind,
    tree::{
        Expr, ExprKind, Find, Item, MakeSeries, OperatorKind, OrderItem, Parameter, PatternPart, Takes,
        TopLevel,
    },
};

type Read<'a, 'b> = &'a mut Cursor<'b>;

/// What is read by its name alone.
pub(super) fn by_name(cursor: Read<'_, '_>) -> OperatorKind {
    cursor.skip();
    OperatorKind::Named
}

pub(super) fn as_name(cursor: Read<'_, '_>) -> OperatorKind {
    OperatorKind::As(cursor.name())
}

pub(super) fn consume(_: Read<'_, '_>) -> OperatorKind {
    OperatorKind::Consume
}

pub(super) fn count(cursor: Read<'_, '_>) -> OperatorKind {
    OperatorKind::Count(cursor.eat_word("as").then(|| cursor.name()))
}

pub(super) fn get_schema(_: Read<'_, '_>) -> OperatorKind {
    OperatorKind::GetSchema
}

pub(super) fn distinct(cursor: Read<'_, '_>) -> OperatorKind {
    OperatorKind::Distinct(with_wildcards(cursor, |cursor| cursor.list(Cursor::named_expression)))
}

pub(super) fn evaluate(cursor: Read<'_, '_>) -> OperatorKind {
    let name = cursor.name();
    let call = cursor.call(name);
    let schema = cursor.eat(":").then(|| cursor.schema());
    OperatorKind::Evaluate(call, schema)
}

pub(super) fn extend(cursor: Read<'_, '_>) -> OperatorKind {
    OperatorKind::Extend(cursor.list(Cursor::named_expression))
}

pub(super) fn serialize(cursor: Read<'_, '_>) -> OperatorKind {
    let ends = cursor.at_end() || cursor.is("|") || cursor.is(";") || cursor.is(")") || cursor.is("}");
    OperatorKind::Serialize(if ends { Vec::new() } else { cursor.list(Cursor::named_expression) })
}

pub(super) fn facet(cursor: Read<'_, '_>) -> OperatorKind {
    cursor.expect_word("by");
    let columns = cursor.list(Cursor::expression);
    if cursor.eat_word("with") {
        if cursor.is("(") {
            cursor.operators_in_parentheses();
        } else {
            cursor.operator();
        }
    }
    OperatorKind::Facet(columns)
}

pub(super) fn filter(cursor: Read<'_, '_>) -> OperatorKind {
    OperatorKind::Where(cursor.expression())
}

pub(super) fn find(cursor: Read<'_, '_>) -> OperatorKind {
    let mut tables = Vec::new();
    if cursor.eat_word("in") {
        cursor.expect("(");
        tables = with_wildcards(cursor, |cursor| cursor.list(Cursor::expression));
        cursor.expect(")");
    }
    cursor.eat_word("where");
    let predicate = cursor.expression();
    let mut project = Vec::new();
    if cursor.is_word("project") && cursor.is_at(1, "-") {
        // `project-smart`
        (0..3).for_each(|_| cursor.advance());
    } else if cursor.eat_word("project") {
        project = cursor.list(|cursor| {
            if let TokenKind::Word(word) = cursor.kind()
                && word == "pack"
                && cursor.is_at(1, "(")
            {
                let name = cursor.name();
                cursor.call(name.clone());
                return (name, None);
            }
            let name = cursor.name();
            let kind = cursor.eat(":").then(|| cursor.type_name());
            (name, kind)
        });
    }
    OperatorKind::Find(Find { tables, predicate, project })
}

pub(super) fn fork(cursor: Read<'_, '_>) -> OperatorKind {
    let mut branches = Vec::new();
    while cursor.is("(") || cursor.is_named() {
        let name = cursor.is_named().then(|| {
            let name = cursor.name();
            cursor.advance();
            name
        });
        branches.push((name, cursor.operators_in_parentheses()));
    }
    OperatorKind::Fork(branches)
}

pub(super) fn invoke(cursor: Read<'_, '_>) -> OperatorKind {
    let name = cursor.name();
    OperatorKind::Invoke(cursor.call(name))
}

pub(super) fn join(cursor: Read<'_, '_>) -> OperatorKind {
    let right = if cursor.is("(") { cursor.postfix_source() } else { cursor.expression() };
    let mut on = Vec::new();
    if cursor.eat_word("on") {
        on = cursor.list(Cursor::expression);
    } else if cursor.eat_word("where") {
        on.push(cursor.expression());
    }
    OperatorKind::Join(Box::new(right), on)
}

pub(super) fn make_series(cursor: Read<'_, '_>) -> OperatorKind {
    let aggregates = cursor.list(|cursor| {
        let value = cursor.named_expression();
        let default = cursor.eat_word("default").then(|| {
            cursor.expect("=");
            cursor.expression()
        });
        (value, default)
    });
    cursor.expect_word("on");
    let on = cursor.axis();
    let mut range = [None, None, None];
    for _ in 0..3 {
        for (place, word) in ["from", "to", "step"].into_iter().enumerate() {
            if cursor.eat_word(word) {
                range[place] = Some(cursor.expression());
            }
        }
    }
    if cursor.eat_word("in") {
        // The old form: `in range(start, stop, step)`.
        let call = cursor.expression();
        if let ExprKind::Call(call) = call.kind {
            let mut arguments = call.arguments.into_iter();
            range = [arguments.next(), arguments.next(), arguments.next()];
        }
    }
    let by = if cursor.eat_word("by") { cursor.list(Cursor::named_expression) } else { Vec::new() };
    OperatorKind::MakeSeries(Box::new(MakeSeries { aggregates, on, range, by }))
}

fn items(cursor: Read<'_, '_>) -> Vec<Item> {
    cursor.list(|cursor| {
        let value = cursor.named_expression();
        let to = cursor.eat_word("to").then(|| cursor.type_of_kind());
        Item { value, to }
    })
}

fn limit(cursor: Read<'_, '_>) -> Option<Expr> {
    cursor.eat_word("limit").then(|| cursor.expression())
}

pub(super) fn mv_expand(cursor: Read<'_, '_>) -> OperatorKind {
    let items = items(cursor);
    let limit = limit(cursor);
    OperatorKind::MvExpand(items, limit)
}

pub(super) fn mv_apply(cursor: Read<'_, '_>) -> OperatorKind {
    let items = items(cursor);
    let limit = limit(cursor);
    if cursor.eat_word("id") {
        cursor.expression();
    }
    cursor.expect_word("on");
    let body = cursor.operators_in_parentheses();
    OperatorKind::MvApply(items, limit, body)
}

pub(super) fn parse(cursor: Read<'_, '_>) -> OperatorKind {
    let text = cursor.expression();
    cursor.expect_word("with");
    let mut pattern = Vec::new();
    loop {
        let span = cursor.span();
        match cursor.kind() {
            TokenKind::Symbol("*") => {
                cursor.advance();
                pattern.push(PatternPart::Star(span));
            }
            TokenKind::Text(_) => pattern.push(PatternPart::Text(cursor.text_value())),
            TokenKind::Word(_) | TokenKind::Symbol("[") => {
                let name = cursor.name();
                if cursor.is("(") {
                    let call = cursor.call(name);
                    let span = cursor.from(span.start);
                    pattern.push(PatternPart::Text(Expr { kind: ExprKind::Call(call), span }));
                    continue;
                }
                let kind = cursor.eat(":").then(|| cursor.type_name());
                pattern.push(PatternPart::Column(name, kind));
            }
            _ => break,
        }
    }
    OperatorKind::Parse(text, pattern)
}

pub(super) fn parse_kv(cursor: Read<'_, '_>) -> OperatorKind {
    let text = cursor.expression();
    cursor.expect_word("as");
    let columns = cursor.schema();
    let settings = if cursor.eat_word("with") { cursor.assignments() } else { Vec::new() };
    OperatorKind::ParseKv(text, columns, settings)
}

pub(super) fn partition(cursor: Read<'_, '_>) -> OperatorKind {
    cursor.expect_word("by");
    let name = cursor.name();
    let by = Expr { kind: ExprKind::Name(name.text), span: name.span };
    cursor.eat_word("in");
    let start = cursor.span().start;
    let body = if cursor.eat("{") {
        let body = cursor.pipeline();
        cursor.expect("}");
        body
    } else {
        let operators = cursor.operators_in_parentheses();
        Expr { kind: ExprKind::Pipeline(None, operators), span: cursor.from(start) }
    };
    OperatorKind::Partition(by, Box::new(body))
}

pub(super) fn print(cursor: Read<'_, '_>) -> OperatorKind {
    OperatorKind::Print(cursor.list(|cursor| {
        if cursor.is_named() || cursor.is("(") {
            return cursor.named_expression();
        }
        cursor.expression()
    }))
}

fn order_item(cursor: Read<'_, '_>) -> OrderItem {
    let value = cursor.named_expression();
    let ascending = if cursor.eat_word("asc") || cursor.eat_word("granny-asc") {
        Some(true)
    } else {
        cursor.eat_word("desc").then_some(false)
    };
    let nulls_first = cursor.eat_word("nulls").then(|| {
        let first = cursor.eat_word("first");
        if !first {
            cursor.expect_word("last");
        }
        first
    });
    OrderItem { value, ascending, nulls_first }
}

pub(super) fn project(cursor: Read<'_, '_>) -> OperatorKind {
    let ends = cursor.at_end() || cursor.is("|") || cursor.is(";") || cursor.is(")");
    OperatorKind::Project(if ends { Vec::new() } else { cursor.list(|cursor| order_item(cursor)) })
}

pub(super) fn project_names(cursor: Read<'_, '_>) -> OperatorKind {
    OperatorKind::Project(with_wildcards(cursor, |cursor| cursor.list(|cursor| order_item(cursor))))
}

pub(super) fn range(cursor: Read<'_, '_>) -> OperatorKind {
    let name = cursor.name();
    let mut part = |word: &str| {
        cursor.expect_word(word);
        cursor.expression()
    };
    let parts = [part("from"), part("to"), part("step")];
    OperatorKind::Range(name, Box::new(parts))
}

pub(super) fn reduce(cursor: Read<'_, '_>) -> OperatorKind {
    cursor.expect_word("by");
    let of = cursor.expression();
    if cursor.eat_word("with") {
        cursor.list(Cursor::named_expression);
    }
    OperatorKind::Reduce(of)
}

pub(super) fn render(cursor: Read<'_, '_>) -> OperatorKind {
    let kind = cursor.name();
    let mut settings = Vec::new();
    if cursor.eat_word("with") {
        settings = cursor.assignments();
    } else {
        // The old form without parentheses.
        while matches!(cursor.kind(), TokenKind::Word(_)) {
            let name = cursor.name();
            if cursor.eat("=") {
                settings.push((name, cursor.expression()));
            }
        }
    }
    OperatorKind::Render(kind, settings)
}

pub(super) fn take(cursor: Read<'_, '_>) -> OperatorKind {
    OperatorKind::Take(cursor.expression())
}

pub(super) fn sample_distinct(cursor: Read<'_, '_>) -> OperatorKind {
    let count = cursor.expression();
    cursor.expect_word("of");
    OperatorKind::SampleDistinct(count, cursor.expression())
}

pub(super) fn scan(cursor: Read<'_, '_>) -> OperatorKind {
    if cursor.eat_word("order") {
        cursor.expect_word("by");
        cursor.list(|cursor| order_item(cursor));
    }
    if cursor.eat_word("partition") {
        cursor.expect_word("by");
        cursor.list(Cursor::expression);
    }
    let mut declared = Vec::new();
    if cursor.eat_word("declare") {
        cursor.expect("(");
        while !cursor.is(")") && !cursor.at_end() {
            let name = cursor.name();
            cursor.expect(":");
            let takes = Takes::Value(cursor.type_name());
            let default = cursor.eat("=").then(|| cursor.expression());
            declared.push(Parameter { name, takes, default });
            if !cursor.eat(",") {
                break;
            }
        }
        cursor.expect(")");
    }
    cursor.expect_word("with");
    cursor.expect("(");
    // Steps, whose parts end in semicolons.
    while !cursor.is(")") && !cursor.at_end() {
        cursor.skip();
        if !cursor.eat(";") {
            break;
        }
    }
    cursor.expect(")");
    OperatorKind::Scan(declared)
}

pub(super) fn search(cursor: Read<'_, '_>) -> OperatorKind {
    let mut tables = Vec::new();
    if cursor.eat_word("in") {
        cursor.expect("(");
        tables = with_wildcards(cursor, |cursor| cursor.list(Cursor::expression));
        cursor.expect(")");
    }
    OperatorKind::Search(tables, cursor.search_expression())
}

pub(super) fn sort(cursor: Read<'_, '_>) -> OperatorKind {
    cursor.expect_word("by");
    OperatorKind::Sort(cursor.list(|cursor| order_item(cursor)))
}

pub(super) fn summarize(cursor: Read<'_, '_>) -> OperatorKind {
    let aggregates = if cursor.is_word("by") { Vec::new() } else { cursor.list(Cursor::named_expression) };
    let by = if cursor.eat_word("by") { cursor.list(Cursor::named_expression) } else { Vec::new() };
    OperatorKind::Summarize(aggregates, by)
}

pub(super) fn top(cursor: Read<'_, '_>) -> OperatorKind {
    let count = cursor.expression();
    cursor.expect_word("by");
    OperatorKind::Top(count, cursor.list(|cursor| order_item(cursor)))
}

pub(super) fn top_hitters(cursor: Read<'_, '_>) -> OperatorKind {
    let count = cursor.expression();
    cursor.expect_word("of");
    let of = cursor.expression();
    let by = cursor.eat_word("by").then(|| cursor.expression());
    OperatorKind::TopHitters(count, of, by)
}

pub(super) fn top_nested(cursor: Read<'_, '_>) -> OperatorKind {
    let mut levels = Vec::new();
    loop {
        let count = (!cursor.is_word("of")).then(|| cursor.expression());
        cursor.expect_word("of");
        let of = cursor.named_expression();
        let others = (cursor.eat_word("with") && cursor.expect_word("others")).then(|| {
            cursor.expect("=");
            cursor.expression()
        });
        cursor.expect_word("by");
        let OrderItem { value: by, ascending, .. } = order_item(cursor);
        levels.push(TopLevel { count, of, others, by, ascending });
        let more = cursor.is(",") && cursor.is_word_at(1, "top") && cursor.is_at(2, "-");
        if !more {
            return OperatorKind::TopNested(levels);
        }
        cursor.advance();
        for _ in 0..3 {
            cursor.advance();
        }
    }
}

pub(super) fn union(cursor: Read<'_, '_>) -> OperatorKind {
    OperatorKind::Union(with_wildcards(cursor, |cursor| cursor.list(Cursor::named_expression)))
}

/// Reads with `*` as a part of names.
fn with_wildcards<T>(cursor: Read<'_, '_>, read: impl FnOnce(&mut Cursor<'_>) -> T) -> T {
    let before = std::mem::replace(&mut cursor.wildcards, true);
    let found = read(cursor);
    cursor.wildcards = before;
    found
}
