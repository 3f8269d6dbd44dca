// Connections that ask once for /healthz and then say nothing, as those of many clients do.
//
//   idle PORT COUNT
//
// Says how many are open, one line, and holds them until its standard input ends.
#include "harness.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int count, char **arguments) {
    if (count != 3) fail("usage: idle PORT COUNT");
    int wanted = atoi(arguments[2]), opened = 0;
    struct rlimit files = {0};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    static const char request[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (; opened < wanted; opened++) {
        int file = socket(AF_INET, SOCK_STREAM, 0);
        if (file < 0) break;
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(arguments[1]))};
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        char answer[2048];
        if (connect(file, (struct sockaddr *)&address, sizeof address) != 0) break;
        if (write(file, request, sizeof request - 1) < 0 || read(file, answer, sizeof answer) <= 12) break;
        if (strncmp(answer, "HTTP/1.1 200", 12) != 0) break;
    }
    printf("%d\n", opened);
    fflush(stdout);
    char end;
    while (read(0, &end, 1) > 0) {}
    return opened == wanted ? 0 : 1;
}
