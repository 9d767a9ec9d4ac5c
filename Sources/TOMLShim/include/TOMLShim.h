// Hands out every key and value of a TOML text with its line and column; the parser is toml++.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    TOMLSHIM_TABLE_BEGIN,
    TOMLSHIM_TABLE_END,
    TOMLSHIM_ARRAY_BEGIN,
    TOMLSHIM_ARRAY_END,
    TOMLSHIM_STRING,
    TOMLSHIM_INTEGER,
    TOMLSHIM_FLOAT,
    TOMLSHIM_BOOLEAN,
    TOMLSHIM_DATE
} tomlshim_kind;

// One node; `key` is empty with `key_line` 0 for the root and for elements of arrays. Lines and columns count from 1.
typedef struct {
    tomlshim_kind kind;
    const char *key;
    size_t key_length;
    uint32_t key_line, key_column;
    uint32_t line, column;
    const char *text;
    size_t text_length;
    int64_t integer;
    double number;
    bool boolean;
} tomlshim_node;

typedef struct {
    uint32_t line, column;
    char reason[256];
} tomlshim_error;

// Visits all nodes of `text` in depth-first order. Returns false with `error` filled in when it is no TOML.
bool tomlshim_parse(
    const char *text, size_t length, void *context, void (*visit)(void *context, const tomlshim_node *node),
    tomlshim_error *error);

#ifdef __cplusplus
}
#endif
