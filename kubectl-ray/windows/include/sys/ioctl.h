#pragma once

#define TIOCGWINSZ 1

struct winsize {
  unsigned short ws_row;
  unsigned short ws_col;
};

// Returns the console's size.
int ioctl(int fd, int request, winsize* size);
