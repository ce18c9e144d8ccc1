#!/bin/sh
# From trading-setup. Steps of the Dockerfile that are longer than a line. Nothing of it is in the image of the program.
#   build sources FROM TO           makes the files of TO those of FROM; TO/target stays, and what cargo made of them
#   build nix-files FROM TO [#SHELL]  copies what the shell of the flake in FROM is made of
#   build made BEGAN TO             copies what is newer than the file BEGAN
#   build schema FOLDER FILE        makes a SQLite database of the numbered SQL files
#   build compile COMMAND…          runs it where the sources are, with what the compiler has to be told
#   build shell-closure TO BINARY…  copies binaries, and what they load of the Nix store
#   build package-closure TO [BINARY…] -- OUTPUT…  links binaries of packages, and copies what these need
#   build proof BINARY…             the loader and every library of each binary are there
# Only sh, coreutils and findutils: the image with Nix has neither sed nor a tool that reads binaries.
set -eu

refuse() { # WHAT NEXT…
  printf 'error: %s\n' "$1" >&2
  shift
  printf 'next: %s\n' "$@" >&2
  exit 1
}

# Every file of a folder: 64 digits of its content, two more letters, its name; ends with a zero byte.
# A file that can be executed gets another letter (that of -b), a link the digits of what it points to.
listed() {
  (
    cd "$1"
    find . -path ./target -prune -o -type f ! -perm -u=x -print0 | xargs -0 -r sha256sum -z
    find . -path ./target -prune -o -type f -perm -u=x -print0 | xargs -0 -r sha256sum -z -b
    # shellcheck disable=SC2016 # for the inner shell
    find . -path ./target -prune -o -type l -exec sh -c '
      for link; do printf "%.64s >%s\0" "$(readlink "$link" | sha256sum)" "$link"; done' sh {} +
  ) | LC_ALL=C sort -z
}

# What the list in a file has and the other has not: their names.
only_in() { LC_ALL=C comm -z -23 "$1" "$2" | cut -z -c67-; }

# cargo judges a file by its time, and a file may be replaced by an older one. So only what differs in content is
# written, and thereby gets the time of now. Macros read files that cargo knows nothing of (migrations, .sqlx, ABIs):
# where anything but the text of a Rust file differs, every file of the workspace is as new.
sources() { # FROM TO
  from=$1 to=$2
  lists=$(mktemp -d)
  : >"$lists/now"
  if [ -n "$(find "$to" -newer "$lists/now" -print -quit)" ]; then
    echo 'The clock was set back since the last build: everything is compiled anew.'
    rm -rf "${to:?}/target"
  fi
  mkdir -p "$to/target"
  # An order to make all files new outlives a build that is cut off here.
  old=$to/target/.sources-are-new
  listed "$from" >"$lists/from"
  listed "$to" >"$lists/to"
  only_in "$lists/to" "$lists/from" | LC_ALL=C sort -z >"$lists/gone"
  only_in "$lists/from" "$lists/to" | LC_ALL=C sort -z >"$lists/new"
  # A name in one list only came or went; one in both has another content.
  # Cargo.lock is written by cargo too, and it judges that file by itself.
  LC_ALL=C comm -z -3 "$lists/gone" "$lists/new" | tr -d '\t' >"$lists/moved"
  grep -zvx './Cargo.lock' "$lists/moved" >"$lists/others" || :
  grep -zv -e '\.rs$' -e '^\./Cargo\.lock$' "$lists/new" >>"$lists/others" || :
  if [ -s "$lists/others" ]; then : >"$old"; fi
  (
    cd "$to"
    xargs -0 -r rm -f -- <"$lists/gone"
    # A file may come where a folder was.
    xargs -0 -r dirname -z -- <"$lists/moved" | LC_ALL=C sort -zu |
      xargs -0 -r rmdir -p --ignore-fail-on-non-empty -- 2>/dev/null || :
    cd "$from"
    xargs -0 -r cp --no-dereference --preserve=mode --parents --target-directory="$to" -- <"$lists/new"
  )
  if [ -e "$old" ]; then
    (cd "$to" && find . -path ./target -prune -o -type f -exec touch -- {} +)
    rm "$old"
  fi
  rm -rf "$lists"
}

# What a shell of a flake is made of, mostly: then its dependencies are compiled anew for another shell only.
nix_files() { # FROM TO #SHELL
  mkdir -p "$2"
  (
    cd "$1"
    find . \( -name '*.nix' -o -name flake.lock -o -name 'rust-toolchain*' -o -name 'Cargo.*' \) -type f -print0 |
      xargs -0 -r cp --parents --target-directory="$2" --
    if ! nix develop --no-write-lock-file "path:$2$3" --command true; then
      echo 'The shell is made of more than the Nix files: all but the Rust sources are taken.'
      cp -a . "$2"
      find "$2" -name '*.rs' -type f -exec rm -- {} +
    fi
  )
  find "$2" -exec touch -h -d @0 -- {} +
}

# What the tasks made or changed: the time of a change of state cannot be set back, as npm does with the other one.
made() { # BEGAN TO
  mkdir -p "$2"
  find . ! -type d -cnewer "$1" -print0 | xargs -0 -r cp --no-dereference --preserve=mode --parents --target-directory="$2" --
}

# In the order of sqlx: by the number in front.
schema() { # FOLDER FILE
  mkdir -p "$(dirname "$2")"
  rm -f "$2"
  # shellcheck disable=SC2012 # sqlx wants VERSION_NAME.sql, and other names are passed over
  ls "$1" | sort -n | while IFS= read -r name; do
    case $name in
      *.down.sql) continue ;;
      [0-9]*_*.sql) ;;
      *) continue ;;
    esac
    printf 'applying %s\n' "$name"
    sqlite3 -bail -batch -init /dev/null "$2" <"$1/$name" ||
      refuse "$1/$name cannot be applied to an empty SQLite database." 'Mend it, or set build.checkedAgainst to the folder of the SQLite migrations.'
  done
  [ -s "$2" ] || refuse "$1 has no SQL file with a number in front." 'Set build.checkedAgainst to the folder of the SQLite migrations.'
}

# BUILT: the file for what compiled it. With another compiler, or another shell, nothing old is linked.
compile() { # COMMAND…
  [ -z "$(find . -path ./target -prune -o -name .sqlx -type d -print -quit)" ] || export SQLX_OFFLINE=true
  [ "${SQLX_OFFLINE-}" != true ] || unset DATABASE_URL
  by=target/.compiled-by
  now="$(rustc -vV) $(readlink -f /tmp/shell || :)"
  if [ -e "$by" ] && [ "$now" != "$(cat "$by")" ]; then rm -rf target; fi
  mkdir -p target "${BUILT%/*}"
  printf '%s' "$now" >"$by"
  rustc -V >"$BUILT"
  exec "$@"
}

number() { # FILE PLACE BYTES
  od -A n -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' \n'
}

# What starts a file: the loader that a binary names (none: it is static), or the program that a script names.
starter() { # FILE
  case $(od -A n -t x1 -N 5 "$1" | tr -d ' \n') in
    7f454c4602) ;;
    2321*)
      IFS=' ' read -r line _ <"$1"
      printf '%s' "${line#\#!}"
      return
      ;;
    *) refuse "$1 is neither a 64-bit binary nor a script." 'Look at what the build makes of it.' ;;
  esac
  at=$(number "$1" 32 8) size=$(number "$1" 54 2) left=$(number "$1" 56 2)
  while [ "$left" -gt 0 ]; do
    if [ "$(number "$1" "$at" 4)" = 3 ]; then
      tail -c "+$(($(number "$1" $((at + 8)) 8) + 1))" "$1" | head -c "$(($(number "$1" $((at + 32)) 8) - 1))"
      return
    fi
    at=$((at + size)) left=$((left - 1))
  done
}

# What a binary loads, as its own loader finds it without anybody's help: a line each, `PATH NAME`; the program does
# not run. PATH is `-` for what is not there, also for a version of a symbol.
loads() { # FILE
  first=$(starter "$1")
  [ -n "$first" ] || return 0
  printf '%s %s\n' "$(readlink -e "$first" || echo -)" "$first"
  [ -x "$first" ] && [ "$(od -A n -t x1 -N 2 "$1" | tr -d ' \n')" = 7f45 ] || return 0
  env -u LD_LIBRARY_PATH -u LD_PRELOAD "$first" --list "$1" 2>&1 | while read -r name arrow path rest; do
    case "$name $arrow $path $rest" in
      *' => not found'*) printf -- '- %s\n' "$name" ;;
      *': version '*' not found '*) printf -- '- version %s of %s\n' "${rest%% *}" "${arrow%:}" ;;
      *': error while loading '*)
        rest=${rest#*libraries: }
        printf -- '- %s\n' "${rest%%:*}"
        ;;
      *' => /'*) printf '%s %s\n' "$path" "$name" ;;
    esac
  done
}

# Reads names of paths in the Nix store, and copies them with all that they refer to.
copy_closure() { # TO
  mkdir -p "$1/nix/store"
  paths=$(cut -d / -f 1-4 | sort -u | xargs -r nix-store --query --requisites)
  printf '%s' "$paths" | sort -u | xargs -r cp -a --target-directory="$1/nix/store" --
}

# Root certificates: Debian's slim images have none. The place of the official image with Nix comes first; what it
# says of itself there was read in its source and not tried.
certificates() { # TO
  for file in "${NIX_SSL_CERT_FILE:-}" /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-bundle.crt; do
    [ -r "$file" ] || continue
    mkdir -p "$1/etc/ssl/certs"
    cp -L "$file" "$1/etc/ssl/certs/ca-certificates.crt"
    return
  done
}

shell_closure() { # TO BINARY…
  to=$1
  shift
  mkdir -p "$to/out/usr/local/bin" "$to/closure"
  : >"$to/paths"
  for file; do
    loads "$file" >"$to/loads"
    while read -r path _; do
      case $path in /nix/store/*) printf '%s\n' "$path" ;; esac
    done <"$to/loads" >>"$to/paths"
    cp "$file" "$to/out/usr/local/bin/"
  done
  copy_closure "$to/closure" <"$to/paths"
  certificates "$to/out"
}

package_closure() { # TO [BINARY…] -- OUTPUT…
  to=$1 wanted=''
  shift
  while [ "$1" != -- ]; do
    wanted="$wanted $1"
    shift
  done
  shift
  bin=$to/out/usr/local/bin
  mkdir -p "$bin" "$to/closure"
  : >"$to/links"
  for name in $wanted; do
    for output; do
      if [ -x "$output/bin/$name" ]; then ln -sf "$output/bin/$name" "$bin/$name"; fi
    done
    [ -L "$bin/$name" ] || refuse "No package of the flake has bin/$name." \
      'Name the package that has it in build.nix.packages, or build with cargo: trading-setup init --set build.strategy=cargo-chef'
    readlink "$bin/$name" >>"$to/links"
  done
  copy_closure "$to/closure" <"$to/links"
  mkdir -p "${BUILT%/*}"
  cp "$to/links" "$BUILT"
  certificates "$to/out"
}

proof() { # BINARY…
  for file; do
    real=$(readlink -e "$file") || refuse "$file is not in the image, or points to what is not there." \
      'This is a mistake in the build; tell us with the lines above.'
    found=$(loads "$real")
    printf '%s\n' "$found" | while read -r path name; do
      [ "$path" = - ] || continue
      refuse "$file needs $name, which is not in the image." \
        'Without Nix: add the Debian package that has it to build.runtimePackages in trading-setup.yaml.' \
        'With Nix: a library that only LD_LIBRARY_PATH of the shell finds has to be linked with its place (rpath).'
    done
  done
}

command=$1
shift
case $command in
  sources) sources "$@" ;;
  nix-files) nix_files "$@" ;;
  made) made "$@" ;;
  schema) schema "$@" ;;
  compile) compile "$@" ;;
  shell-closure) shell_closure "$@" ;;
  package-closure) package_closure "$@" ;;
  proof) proof "$@" ;;
  *) refuse "There is no step $command." 'Write the files again: trading-setup init --no-start' ;;
esac
