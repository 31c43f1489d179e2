//! Statements and pipelines.

use super::{
    cursor::Cursor,
    lexer::TokenKind,
    operator,
    tree::{Expr, ExprKind, Function, Let, LetValue, Name, Operator, Parameter, Statement, Takes},
};
use crate::codes;

impl Cursor<'_> {
    /// Statements up to the end, or up to a closing mark.
    pub fn statements(&mut self, close: Option<&str>) -> Vec<Statement> {
        let mut statements = Vec::new();
        loop {
            while self.eat(";") {}
            if self.at_end() || close.is_some_and(|close| self.is(close)) {
                return statements;
            }
            let at = self.at;
            statements.extend(self.statement());
            let ends = self.is(";") || self.at_end() || close.is_some_and(|close| self.is(close));
            if !ends {
                self.unexpected("`|` or `;`");
                self.skip();
                if self.is("|") || self.at == at {
                    self.advance();
                }
            }
        }
    }

    fn statement(&mut self) -> Option<Statement> {
        let start = self.span().start;
        let TokenKind::Word(word) = self.kind().clone() else {
            return Some(Statement::Expression(self.pipeline()));
        };
        let follows_name = matches!(self.kind_at(1), TokenKind::Word(_));
        match word.as_str() {
            "let" => self.let_statement(),
            "set" if follows_name => {
                self.skip();
                Some(Statement::Set(self.from(start)))
            }
            "declare" if self.is_word_at(1, "query_parameters") => {
                self.advance();
                self.advance();
                Some(Statement::Parameters(self.parameters()))
            }
            "declare" | "alias" | "restrict" if follows_name => {
                let name = match word.as_str() {
                    "declare" => "declare pattern",
                    "alias" => "alias",
                    _ => "restrict",
                };
                self.skip();
                Some(Statement::Other(name, self.from(start)))
            }
            _ => Some(Statement::Expression(self.pipeline())),
        }
    }

    fn let_statement(&mut self) -> Option<Statement> {
        self.advance();
        let name = self.name();
        if !self.expect("=") {
            self.skip();
            return None;
        }
        let value = if self.is_function() {
            LetValue::Function(self.function())
        } else {
            LetValue::Expression(self.pipeline())
        };
        Some(Statement::Let(Let { name, value }))
    }

    /// Whether `(parameters) {` or `view () {` stands here.
    fn is_function(&self) -> bool {
        let mut ahead = usize::from(self.is_word("view"));
        if !self.is_at(ahead, "(") {
            return false;
        }
        let mut open = 0_usize;
        loop {
            match self.kind_at(ahead) {
                TokenKind::Symbol("(") => open += 1,
                TokenKind::Symbol(")") if open == 1 => return self.is_at(ahead + 1, "{"),
                TokenKind::Symbol(")") => open -= 1,
                TokenKind::Symbol("|" | ";" | "{") | TokenKind::End => return false,
                _ => {}
            }
            ahead += 1;
        }
    }

    fn function(&mut self) -> Function {
        let is_view = self.eat_word("view");
        let parameters = self.parameters();
        self.expect("{");
        let body = self.nested(|cursor| cursor.statements(Some("}"))).unwrap_or_default();
        self.expect("}");
        Function { parameters, body, is_view }
    }

    fn parameters(&mut self) -> Vec<Parameter> {
        self.expect("(");
        let mut found = Vec::new();
        while !self.is(")") && !self.at_end() {
            let name = self.name();
            self.expect(":");
            let takes =
                if self.is("(") { Takes::Table(self.schema()) } else { Takes::Value(self.type_name()) };
            let default = self.eat("=").then(|| self.expression());
            found.push(Parameter { name, takes, default });
            if !self.eat(",") {
                break;
            }
        }
        self.expect(")");
        found
    }

    /// A source and operators, or an expression.
    pub fn pipeline(&mut self) -> Expr {
        self.nested(Self::pipeline_inside).unwrap_or_else(|| self.missing())
    }

    fn pipeline_inside(&mut self) -> Expr {
        let start = self.span().start;
        let wildcards = std::mem::take(&mut self.wildcards);
        let mut operators = Vec::new();
        let source = if self.begins_with_operator() {
            operators.push(self.operator());
            None
        } else {
            Some(Box::new(self.named_expression()))
        };
        while self.eat("|") {
            operators.push(self.operator());
        }
        self.wildcards = wildcards;
        match (source, operators.is_empty()) {
            (Some(source), true) => *source,
            (source, _) => Expr { kind: ExprKind::Pipeline(source, operators), span: self.from(start) },
        }
    }

    /// Whether an operator that makes rows stands here.
    fn begins_with_operator(&self) -> bool {
        let TokenKind::Word(word) = self.kind() else { return false };
        let next = self.kind_at(1);
        let names = matches!(next, TokenKind::Word(_));
        match word.as_str() {
            "print" => !matches!(next, TokenKind::Symbol("=" | "." | ")" | "," | "|" | "==")),
            "range" => names || matches!(next, TokenKind::Symbol("[")),
            "union" | "find" => names || matches!(next, TokenKind::Symbol("(" | "[" | "*")),
            "search" => names || matches!(next, TokenKind::Symbol("(" | "[" | "*") | TokenKind::Text(_)),
            "evaluate" => names,
            _ => false,
        }
    }

    /// Operators between parentheses.
    pub fn operators_in_parentheses(&mut self) -> Vec<Operator> {
        self.expect("(");
        let mut operators = vec![self.operator()];
        while self.eat("|") {
            operators.push(self.operator());
        }
        self.expect(")");
        operators
    }

    /// One operator.
    pub fn operator(&mut self) -> Operator {
        let start = self.span().start;
        let name = self.operator_name();
        let row = operator::TABLE.iter().find(|row| row.name == name.text);
        let Some(row) = row else {
            if name.text.is_empty() {
                self.unexpected("an operator such as `where`");
            } else {
                self.unknown_operator(&name);
            }
            self.skip();
            let kind = super::tree::OperatorKind::Named;
            return Operator { kind, name, settings: Vec::new(), span: self.from(start) };
        };
        let mut settings = Vec::new();
        while let Some(setting) = self.setting(row.settings) {
            settings.push(setting);
        }
        let kind = (row.read)(self);
        Operator { kind, name, settings, span: self.from(start) }
    }

    fn unknown_operator(&mut self, name: &Name) {
        let message = format!("`{}` is not an operator", name.text);
        let near = quarry_diagnostic::did_you_mean(&name.text, operator::NAMES.iter().copied());
        let help = near.map_or_else(
            || "operators are `where`, `extend`, `summarize` and so on".to_owned(),
            |near| format!("did you mean `{near}`"),
        );
        self.error(codes::UNKNOWN_OPERATOR, message, name.span, &help);
    }

    /// The name of an operator, whose parts are joined by `-`.
    fn operator_name(&mut self) -> Name {
        let start = self.span();
        let TokenKind::Word(first) = self.kind().clone() else {
            return Name { text: String::new(), span: self.missing().span };
        };
        self.advance();
        let (mut text, mut found) = (first.clone(), Name { text: first, span: start });
        let mut ahead = 0;
        while self.is_at(ahead, "-") && self.touches(ahead) && self.touches(ahead + 1) {
            let TokenKind::Word(part) = self.kind_at(ahead + 1) else { break };
            text = format!("{text}-{part}");
            ahead += 2;
            if operator::NAMES.contains(&text.as_str()) || !operator::NAMES.contains(&found.text.as_str()) {
                found = Name { text: text.clone(), span: start.join(self.span_at(ahead - 1)) };
            }
        }
        while self.span().start < found.span.end && !self.at_end() {
            self.advance();
        }
        found
    }

    /// A value behind `=` of a setting.
    pub fn primary_value(&mut self) -> Expr {
        self.expression()
    }
}
