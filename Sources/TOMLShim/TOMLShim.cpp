#include "TOMLShim.h"

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 1
#include <cstring>
#include <exception>
#include <string_view>
#include <toml++/toml.h>

namespace {

using Visit = void (*)(void *, const tomlshim_node *);

struct Walker {
    void *context;
    Visit visit;

    void emit(tomlshim_node &node, tomlshim_kind kind) const {
        node.kind = kind;
        visit(context, &node);
    }

    void walk(const toml::node &value, const toml::key *key) const {
        tomlshim_node node{};
        if (key) {
            node.key = key->str().data();
            node.key_length = key->str().size();
            node.key_line = key->source().begin.line;
            node.key_column = key->source().begin.column;
        }
        node.line = value.source().begin.line;
        node.column = value.source().begin.column;
        if (const auto *table = value.as_table()) {
            emit(node, TOMLSHIM_TABLE_BEGIN);
            for (const auto &[name, member] : *table) walk(member, &name);
            emit(node, TOMLSHIM_TABLE_END);
        } else if (const auto *array = value.as_array()) {
            emit(node, TOMLSHIM_ARRAY_BEGIN);
            for (const auto &element : *array) walk(element, nullptr);
            emit(node, TOMLSHIM_ARRAY_END);
        } else if (const auto *string = value.as_string()) {
            node.text = string->get().data();
            node.text_length = string->get().size();
            emit(node, TOMLSHIM_STRING);
        } else if (const auto *integer = value.as_integer()) {
            node.integer = integer->get();
            emit(node, TOMLSHIM_INTEGER);
        } else if (const auto *number = value.as_floating_point()) {
            node.number = number->get();
            emit(node, TOMLSHIM_FLOAT);
        } else if (const auto *boolean = value.as_boolean()) {
            node.boolean = boolean->get();
            emit(node, TOMLSHIM_BOOLEAN);
        } else {
            emit(node, TOMLSHIM_DATE);
        }
    }
};

void fill(tomlshim_error *error, uint32_t line, uint32_t column, std::string_view reason) {
    error->line = line;
    error->column = column;
    const auto length = std::min(reason.size(), sizeof(error->reason) - 1);
    std::memcpy(error->reason, reason.data(), length);
    error->reason[length] = 0;
}

}  // namespace

extern "C" bool tomlshim_parse(
    const char *text, size_t length, void *context, Visit visit, tomlshim_error *error) {
    try {
        const toml::table table = toml::parse(std::string_view(text, length));
        Walker{context, visit}.walk(table, nullptr);
        return true;
    } catch (const toml::parse_error &problem) {
        const auto position = problem.source().begin;
        fill(error, position.line, position.column, problem.description());
    } catch (const std::exception &problem) {
        fill(error, 1, 1, problem.what());
    } catch (...) {
        fill(error, 1, 1, "the parser failed");
    }
    return false;
}
