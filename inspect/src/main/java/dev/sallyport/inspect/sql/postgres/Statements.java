package dev.sallyport.inspect.sql.postgres;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sallyport.core.policy.Operation;
import dev.sallyport.inspect.sql.ColumnUse;
import dev.sallyport.inspect.sql.SqlName;
import dev.sallyport.inspect.sql.TableUse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads one statement of any kind.
///
/// Kinds that only change the schema stand in a table; a kind that stands nowhere is not understood.
final class Statements {

    private record Kind(Operation operation, String object) {}

    /// Kinds of which it matters only what they do to what.
    private static final Map<String, Kind> PLAIN = Map.ofEntries(
            create("CreateSchemaStmt", "schema"),
            create("CreateStmt", "table"),
            create("CreateForeignTableStmt", "foreign-table"),
            create("CreateTableSpaceStmt", "tablespace"),
            create("CreateExtensionStmt", "extension"),
            create("CreateFdwStmt", "foreign-data-wrapper"),
            create("CreateForeignServerStmt", "server"),
            create("CreateUserMappingStmt", "user-mapping"),
            create("ImportForeignSchemaStmt", "foreign-table"),
            create("CreatePolicyStmt", "policy"),
            create("CreateAmStmt", "access-method"),
            create("CreateTrigStmt", "trigger"),
            create("CreateEventTrigStmt", "event-trigger"),
            create("CreatePLangStmt", "language"),
            create("CreateRoleStmt", "role"),
            create("CreateSeqStmt", "sequence"),
            create("CreateDomainStmt", "domain"),
            create("CreateOpClassStmt", "operator-class"),
            create("CreateOpFamilyStmt", "operator-family"),
            create("IndexStmt", "index"),
            create("CreateStatsStmt", "statistics"),
            create("CompositeTypeStmt", "type"),
            create("CreateEnumStmt", "type"),
            create("CreateRangeStmt", "type"),
            create("CreatedbStmt", "database"),
            create("CreateConversionStmt", "conversion"),
            create("CreateCastStmt", "cast"),
            create("CreateTransformStmt", "transform"),
            create("CreatePublicationStmt", "publication"),
            create("CreateSubscriptionStmt", "subscription"),
            alter("AlterCollationStmt", "collation"),
            alter("AlterDomainStmt", "domain"),
            alter("AlterDefaultPrivilegesStmt", "default-privileges"),
            alter("AlterTableSpaceOptionsStmt", "tablespace"),
            alter("AlterTableMoveAllStmt", "table"),
            alter("AlterExtensionStmt", "extension"),
            alter("AlterExtensionContentsStmt", "extension"),
            alter("AlterFdwStmt", "foreign-data-wrapper"),
            alter("AlterForeignServerStmt", "server"),
            alter("AlterUserMappingStmt", "user-mapping"),
            alter("AlterPolicyStmt", "policy"),
            alter("AlterEventTrigStmt", "event-trigger"),
            alter("AlterRoleStmt", "role"),
            alter("AlterRoleSetStmt", "role"),
            alter("AlterSeqStmt", "sequence"),
            alter("AlterOpFamilyStmt", "operator-family"),
            alter("AlterStatsStmt", "statistics"),
            alter("AlterFunctionStmt", "function"),
            alter("AlterOperatorStmt", "operator"),
            alter("AlterTypeStmt", "type"),
            alter("AlterEnumStmt", "type"),
            alter("AlterDatabaseStmt", "database"),
            alter("AlterDatabaseRefreshCollStmt", "database"),
            alter("AlterDatabaseSetStmt", "database"),
            alter("AlterTSDictionaryStmt", "text-search-dictionary"),
            alter("AlterTSConfigurationStmt", "text-search-configuration"),
            alter("AlterPublicationStmt", "publication"),
            alter("AlterSubscriptionStmt", "subscription"),
            alter("ReassignOwnedStmt", "owned"),
            drop("DropTableSpaceStmt", "tablespace"),
            drop("DropUserMappingStmt", "user-mapping"),
            drop("DropRoleStmt", "role"),
            drop("DropdbStmt", "database"),
            drop("DropSubscriptionStmt", "subscription"),
            drop("DropOwnedStmt", "owned"),
            plain("GrantRoleStmt", Operation.GRANT, "role"),
            plain("ClosePortalStmt", Operation.CLOSE, ""),
            plain("FetchStmt", Operation.FETCH, ""),
            plain("NotifyStmt", Operation.NOTIFY, ""),
            plain("ListenStmt", Operation.LISTEN, ""),
            plain("UnlistenStmt", Operation.LISTEN, ""),
            plain("LoadStmt", Operation.LOAD, "library"),
            plain("AlterSystemStmt", Operation.ADMINISTER, "system"),
            plain("ClusterStmt", Operation.MAINTAIN, "cluster"),
            plain("RefreshMatViewStmt", Operation.MAINTAIN, "materialized-view"),
            plain("CheckPointStmt", Operation.MAINTAIN, "checkpoint"),
            plain("ReindexStmt", Operation.MAINTAIN, "reindex"),
            plain("DiscardStmt", Operation.RESET, "all"),
            plain("ConstraintsSetStmt", Operation.SET, "constraints"),
            plain("LockStmt", Operation.LOCK, "table"),
            plain("DeallocateStmt", Operation.DEALLOCATE, ""));

    /// Kinds whose object a field tells.
    private static final Map<String, Kind> BY_FIELD = Map.of(
            "AlterTableStmt", new Kind(Operation.ALTER, "objtype"),
            "AlterObjectDependsStmt", new Kind(Operation.ALTER, "objectType"),
            "AlterObjectSchemaStmt", new Kind(Operation.ALTER, "objectType"),
            "AlterOwnerStmt", new Kind(Operation.ALTER, "objectType"),
            "DefineStmt", new Kind(Operation.CREATE, "kind"),
            "DropStmt", new Kind(Operation.DROP, "removeType"),
            "RenameStmt", new Kind(Operation.RENAME, "renameType"),
            "CommentStmt", new Kind(Operation.COMMENT, "objtype"),
            "SecLabelStmt", new Kind(Operation.COMMENT, "objtype"));

    /// What a tree calls otherwise than SQL does.
    private static final Map<String, String> OBJECTS = Map.of(
            "matview", "materialized-view",
            "amop", "operator",
            "fdw", "foreign-data-wrapper",
            "foreign-server", "server",
            "opclass", "operator-class",
            "opfamily", "operator-family",
            "tsconfiguration", "text-search-configuration",
            "tsdictionary", "text-search-dictionary",
            "statistic-ext", "statistics",
            "attribute", "column");

    /// Kinds that put functions to use by their names, where no call stands.
    private static final Set<String> SERVED_BY_FUNCTIONS = Set.of(
            "DefineStmt",
            "CreateCastStmt",
            "CreateOpClassStmt",
            "CreateConversionStmt",
            "CreateTrigStmt",
            "CreateEventTrigStmt",
            "CreatePLangStmt",
            "CreateAmStmt",
            "CreateFdwStmt",
            "CreateTransformStmt");

    /// Fields with the name of a function; `names` is a type's, which is how definitions are parsed.
    private static final Set<String> FUNCTION_NAMES = Set.of(
            "names", "objname", "funcname", "func_name", "plhandler", "plinline", "plvalidator", "handler_name", "arg");

    private static final Set<Operation> ONLY_READ =
            Set.of(Operation.LOCK, Operation.MAINTAIN, Operation.ANALYZE, Operation.COMMENT);

    private final Facts facts = new Facts();
    private final Queries queries = new Queries(facts);

    private Rows rows = Rows.NONE;

    private static Map.Entry<String, Kind> plain(String kind, Operation operation, String object) {
        return Map.entry(kind, new Kind(operation, object));
    }

    private static Map.Entry<String, Kind> create(String kind, String object) {
        return plain(kind, Operation.CREATE, object);
    }

    private static Map.Entry<String, Kind> alter(String kind, String object) {
        return plain(kind, Operation.ALTER, object);
    }

    private static Map.Entry<String, Kind> drop(String kind, String object) {
        return plain(kind, Operation.DROP, object);
    }

    Facts facts() {
        return facts;
    }

    /// What the statement gives.
    Rows rows() {
        return rows;
    }

    /// @throws NotUnderstood for a statement that is not known
    void read(Tree.Node node) {
        var fields = node.fields();
        if (SERVED_BY_FUNCTIONS.contains(node.kind())) {
            served(fields);
        }
        var kind = PLAIN.get(node.kind());
        if (kind != null) {
            act(kind.operation(), kind.object(), fields);
            return;
        }
        var byField = BY_FIELD.get(node.kind());
        if (byField != null) {
            act(byField.operation(), object(fields, byField.object()), fields);
            if (node.kind().equals("AlterTableStmt")) {
                dropped(fields);
            }
            return;
        }
        switch (node.kind()) {
            case "SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt" ->
                rows = queries.query(node, Scope.outermost());
            case "GrantStmt" ->
                act(
                        Tree.flag(fields, "is_grant") ? Operation.GRANT : Operation.REVOKE,
                        object(fields, "objtype"),
                        fields);
            case "VariableSetStmt" -> set(fields);
            case "VariableShowStmt" -> {
                facts.act(Operation.SHOW, Tree.text(fields, "name").orElse(""));
                rows = new Rows(List.of(), true);
            }
            case "TransactionStmt" -> transaction(fields);
            case "CopyStmt" -> copy(fields);
            case "ExplainStmt" -> explain(fields);
            case "PrepareStmt" -> {
                facts.act(Operation.PREPARE);
                inner(fields, "query");
            }
            case "ExecuteStmt" -> {
                facts.act(Operation.EXECUTE);
                facts.opaque("EXECUTE runs what was prepared before");
                walk(fields, Optional.empty());
            }
            case "DeclareCursorStmt" -> {
                facts.act(Operation.DECLARE);
                inner(fields, "query");
            }
            case "CreateTableAsStmt" -> {
                facts.act(Operation.CREATE, object(fields, "objtype"));
                Tree.object(fields, "into")
                        .flatMap(into -> Tree.object(into, "rel"))
                        .ifPresent(this::written);
                inner(fields, "query");
                rows = Rows.NONE;
            }
            case "ViewStmt" -> {
                facts.act(Operation.CREATE, "view");
                Tree.object(fields, "view").ifPresent(this::written);
                inner(fields, "query");
                rows = Rows.NONE;
            }
            case "RuleStmt" -> {
                facts.act(Operation.CREATE, "rule");
                Tree.object(fields, "relation").ifPresent(this::written);
                Tree.get(fields, "whereClause").ifPresent(where -> walk(where, Optional.empty()));
                Tree.list(fields, "actions").forEach(action -> Tree.node(action).ifPresent(this::read));
                rows = Rows.NONE;
            }
            case "CreateFunctionStmt" -> {
                facts.act(Operation.CREATE, Tree.flag(fields, "is_procedure") ? "procedure" : "function");
                // whoever may make one may run it in the next statement, as with DO
                facts.opaque("CREATE FUNCTION makes a program that is not read");
                walk(fields, Optional.empty());
            }
            case "TruncateStmt" -> act(Operation.TRUNCATE, "table", fields);
            case "VacuumStmt" -> {
                boolean vacuum = Tree.flag(fields, "is_vacuumcmd");
                act(vacuum ? Operation.MAINTAIN : Operation.ANALYZE, vacuum ? "vacuum" : "", fields);
            }
            case "DoStmt" -> {
                facts.act(Operation.DO);
                facts.opaque("DO runs a program that is not read");
            }
            case "CallStmt" -> {
                facts.act(Operation.CALL);
                facts.opaque("CALL runs a procedure that is not read");
                walk(fields, Optional.empty());
            }
            default -> throw new NotUnderstood("a statement of a kind that is not known: " + node.kind());
        }
    }

    private void act(Operation operation, String object, JsonObject fields) {
        facts.act(operation, object);
        named(fields, object, operation);
        walk(fields, Optional.of(ONLY_READ.contains(operation) ? TableUse.Use.READ : TableUse.Use.WRITTEN));
    }

    /// What `alter table` takes away.
    private void dropped(JsonObject fields) {
        for (var each : Tree.list(fields, "cmds")) {
            var subtype = Tree.node(each)
                    .flatMap(command -> Tree.text(command.fields(), "subtype"))
                    .orElse("");
            switch (subtype) {
                case "AT_DropColumn" -> facts.act(Operation.DROP, "column");
                case "AT_DropConstraint" -> facts.act(Operation.DROP, "constraint");
                default -> {
                    // takes nothing away
                }
            }
        }
    }

    /// Notes the functions that stand as names: `create operator … (function = f)`.
    private void served(JsonElement element) {
        if (element.isJsonArray()) {
            element.getAsJsonArray().forEach(this::served);
            return;
        }
        if (!element.isJsonObject()) {
            return;
        }
        element.getAsJsonObject().asMap().forEach((name, value) -> {
            if (FUNCTION_NAMES.contains(name) && value.isJsonArray()) {
                var parts = Tree.strings(value.getAsJsonArray().asList());
                if (!parts.isEmpty()) {
                    facts.function(Expressions.name(parts));
                }
            }
            served(value);
        });
    }

    /// `OBJECT_FOREIGN_TABLE` as `foreign-table`.
    private static String object(JsonObject fields, String field) {
        var word = Tree.text(fields, field)
                .orElse("")
                .replaceFirst("^(OBJECT|REINDEX_OBJECT)_", "")
                .toLowerCase(Locale.ROOT)
                .replace('_', '-');
        return OBJECTS.getOrDefault(word, word);
    }

    /// Tables and views that stand as mere names: of `drop` and `comment`.
    private void named(JsonObject fields, String object, Operation operation) {
        if (!Set.of("table", "view", "materialized-view", "foreign-table").contains(object)) {
            return;
        }
        var use = ONLY_READ.contains(operation) ? TableUse.Use.READ : TableUse.Use.WRITTEN;
        for (var each : Tree.list(fields, "objects")) {
            nameOf(each).ifPresent(name -> facts.table(name, use));
        }
        Tree.get(fields, "object").flatMap(Statements::nameOf).ifPresent(name -> facts.table(name, use));
    }

    private static Optional<SqlName> nameOf(JsonElement list) {
        var parts = Tree.strings(Tree.items(list));
        return parts.isEmpty() ? Optional.empty() : Optional.of(Expressions.name(parts));
    }

    private void written(JsonObject relation) {
        facts.table(Queries.name(relation), TableUse.Use.WRITTEN);
    }

    /// Notes tables, functions and columns of a statement that has no rows.
    ///
    /// @param use how the tables are used that stand there; empty: they are read
    private void walk(JsonElement element, Optional<TableUse.Use> use) {
        if (element.isJsonArray()) {
            element.getAsJsonArray().forEach(each -> walk(each, use));
            return;
        }
        if (!element.isJsonObject()) {
            return;
        }
        var fields = element.getAsJsonObject();
        var node = Tree.node(element);
        if (node.isPresent()) {
            if (PLAIN.containsKey(node.get().kind())
                    || BY_FIELD.containsKey(node.get().kind())
                    || Set.of("ViewStmt", "GrantStmt").contains(node.get().kind())) {
                // CREATE SCHEMA with what is in it
                read(node.get());
            } else if (queries.isQuery(node.get().kind())) {
                queries.query(node.get(), Scope.outermost());
            } else if (Set.of("FuncCall", "ColumnRef", "SubLink")
                    .contains(node.get().kind())) {
                queries.expressions().walk(element, Scope.outermost(), ColumnUse.Where.CONDITION);
            } else {
                // `create table … (like t)` looks at t
                boolean looks = node.get().kind().equals("TableLikeClause");
                walk(node.get().fields(), looks ? Optional.of(TableUse.Use.READ) : use);
            }
        } else if (fields.has("relname")) {
            facts.table(Queries.name(fields), use.orElse(TableUse.Use.READ));
        } else if (fields.has("funcname") && fields.has("funcformat")) {
            queries.expressions().walk(element, Scope.outermost(), ColumnUse.Where.CONDITION);
        } else {
            fields.asMap().forEach((name, value) -> walk(value, reads(name) ? Optional.of(TableUse.Use.READ) : use));
        }
    }

    /// Fields that hold a table which is looked at where another is changed.
    private static boolean reads(String field) {
        return field.equals("pktable") || field.equals("inhRelations") || field.equals("constrrel");
    }

    /// A statement that this one holds and runs.
    private void inner(JsonObject fields, String name) {
        read(Tree.node(fields, name).orElseThrow(() -> new NotUnderstood("a statement is missing in another")));
    }

    private void set(JsonObject fields) {
        var name = Tree.text(fields, "name").orElse("").toLowerCase(Locale.ROOT);
        switch (Tree.text(fields, "kind").orElse("")) {
            case "VAR_RESET" -> facts.act(Operation.RESET, name);
            case "VAR_RESET_ALL" -> facts.act(Operation.RESET, "all");
            default -> facts.act(Operation.SET, name);
        }
    }

    private void transaction(JsonObject fields) {
        facts.act(
                switch (Tree.text(fields, "kind").orElse("")) {
                    case "TRANS_STMT_BEGIN", "TRANS_STMT_START" -> Operation.BEGIN;
                    case "TRANS_STMT_COMMIT", "TRANS_STMT_PREPARE", "TRANS_STMT_COMMIT_PREPARED" -> Operation.COMMIT;
                    case "TRANS_STMT_ROLLBACK", "TRANS_STMT_ROLLBACK_TO", "TRANS_STMT_ROLLBACK_PREPARED" ->
                        Operation.ROLLBACK;
                    case "TRANS_STMT_SAVEPOINT", "TRANS_STMT_RELEASE" -> Operation.SAVEPOINT;
                    default -> throw new NotUnderstood("a transaction does something unknown");
                });
    }

    private void copy(JsonObject fields) {
        boolean in = Tree.flag(fields, "is_from");
        facts.act(
                Tree.flag(fields, "is_program")
                        ? Operation.COPY_PROGRAM
                        : fields.has("filename") ? Operation.COPY_FILE : in ? Operation.COPY_IN : Operation.COPY_OUT);
        var query = Tree.node(fields, "query");
        if (query.isPresent()) {
            read(query.get());
            return;
        }
        var table =
                Queries.name(Tree.object(fields, "relation").orElseThrow(() -> new NotUnderstood("a copy of nothing")));
        facts.table(table, in ? TableUse.Use.WRITTEN : TableUse.Use.READ);
        var columns = Tree.strings(Tree.list(fields, "attlist"));
        var where = in ? ColumnUse.Where.WRITTEN : ColumnUse.Where.RESULT;
        var uses = new java.util.ArrayList<dev.sallyport.inspect.sql.ResultColumn>();
        for (var column : columns.isEmpty() ? List.of("*") : columns) {
            var use = Set.of(new ColumnUse(Optional.of(table), column, where));
            facts.columns(use);
            uses.add(new dev.sallyport.inspect.sql.ResultColumn(column, true, use));
        }
        Tree.get(fields, "whereClause").ifPresent(where1 -> walk(where1, Optional.empty()));
        rows = in ? Rows.NONE : new Rows(uses, false);
    }

    private void explain(JsonObject fields) {
        var query = Tree.node(fields, "query").orElseThrow(() -> new NotUnderstood("nothing to explain"));
        boolean runs = Tree.list(fields, "options").stream()
                .flatMap(option -> Tree.node(option).stream())
                .map(Tree.Node::fields)
                .anyMatch(option ->
                        Tree.text(option, "defname").orElse("").equalsIgnoreCase("analyze") && !isOff(option));
        if (runs) {
            facts.act(Operation.EXPLAIN_ANALYZE);
            read(query);
        } else {
            facts.act(Operation.EXPLAIN);
            var held = new Statements();
            held.read(query);
            facts.uses(held.facts);
        }
        rows = Rows.NONE;
    }

    private static boolean isOff(JsonObject option) {
        var shape = Tree.get(option, "arg").map(Tree::shape).orElse("").toLowerCase(Locale.ROOT);
        return Set.of(
                        "{boolean:{boolval:false,}}",
                        "{boolean:{}}",
                        "{string:{sval:\"false\",}}",
                        "{string:{sval:\"off\",}}",
                        "{integer:{}}",
                        "{integer:{ival:0,}}")
                .contains(shape);
    }
}
