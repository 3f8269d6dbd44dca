// libedit, and its functions with any number of arguments in forms that Swift can call.
#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

typedef char *(*edit_prompt)(EditLine *);
typedef unsigned char (*edit_function)(EditLine *, int);

// An editor on the standard streams with the keys of Emacs, whose Tab and Ctrl-C call the functions given.
static inline EditLine *edit_open(void *data, edit_prompt prompt, edit_function complete, edit_function drop) {
    // Without a character set that is UTF-8, letters beyond ASCII could not be typed.
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) setlocale(LC_CTYPE, "C.UTF-8");
    EditLine *editor = el_init("herald", stdin, stdout, stderr);
    if (!editor) return NULL;
    el_set(editor, EL_CLIENTDATA, data);
    el_set(editor, EL_PROMPT, prompt);
    el_set(editor, EL_EDITOR, "emacs");
    el_set(editor, EL_SIGNAL, 1);
    // While a line is edited Ctrl-C is a key and no signal.
    el_set(editor, EL_SETTY, "-d", "-isig", NULL);
    el_set(editor, EL_ADDFN, "herald-complete", "Completes the name before the cursor.", complete);
    el_set(editor, EL_ADDFN, "herald-drop", "Drops the line.", drop);
    el_set(editor, EL_BIND, "^I", "herald-complete", NULL);
    el_set(editor, EL_BIND, "^C", "herald-drop", NULL);
    el_set(editor, EL_BIND, "^R", "em-inc-search-prev", NULL);
    return editor;
}

// Reads a line. What is typed as soon as the prompt is there must find the terminal ready, so that comes first.
static inline const char *edit_line(EditLine *editor, int *count) {
    el_set(editor, EL_PREP_TERM, 1);
    return el_gets(editor, count);
}

static inline void *edit_data(EditLine *editor) {
    void *data = NULL;
    el_get(editor, EL_CLIENTDATA, &data);
    return data;
}

// Uses a history of so many lines for the keys that go back and forth in it.
static inline void edit_use_history(EditLine *editor, History *lines, int size) {
    HistEvent event;
    history(lines, &event, H_SETSIZE, size);
    history(lines, &event, H_SETUNIQUE, 1);
    el_set(editor, EL_HIST, history, lines);
}

static inline int edit_load_history(History *lines, const char *path) {
    HistEvent event;
    return history(lines, &event, H_LOAD, path);
}

static inline int edit_save_history(History *lines, const char *path) {
    HistEvent event;
    return history(lines, &event, H_SAVE, path);
}

static inline void edit_add_history(History *lines, const char *line) {
    HistEvent event;
    history(lines, &event, H_ENTER, line);
}
