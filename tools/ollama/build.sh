#!/bin/sh
# Build an Ollama server from source: build.sh FOLDER leaves FOLDER/ollama.
#
# v0.24.0 is the last release whose engine for processors is compiled by cgo inside the Go module. Module
# archives leave out folders named `vendor`, so three headers are missing and are put on the include path:
# miniaudio.h (from the module malgo), nlohmann/json.hpp and stb_image.h (from the system, else from Debian's
# packages, unpacked into FOLDER without installing them).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
version=0.24.0

echo "say: fetching Go modules"
cd "$here"
echo "modules: $(grep -cE '^(require)?[[:space:]]+[^ ]+ v[0-9]' go.mod)"
go mod download -x # names each file as it has come

rm -rf "$folder/include"
mkdir -p "$folder/include"
ln -s "$(go list -m -f '{{.Dir}}' github.com/gen2brain/malgo)" "$folder/include/miniaudio"

# prints the folder of the first argument's list that holds the header
header_folder() {
    header=$1
    shift
    for place; do
        if [ -f "$place/$header" ]; then
            echo "$place"
            return
        fi
    done
}
system="/usr/include /usr/local/include /opt/homebrew/include"
unpacked="$folder/debian/usr/include"

# Lists of packages of our own: needs no root, changes nothing in the system.
fetch_headers() {
    mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial" "$folder/apt/debs"
    cd "$folder/apt/debs"
    set -- -qq -o Dir::State::lists="$folder/apt/lists" -o Dir::Cache="$folder/apt/cache" -o APT::Sandbox::User=
    apt-get "$@" update
    apt-get "$@" download nlohmann-json3-dev libstb-dev
    for package in *.deb; do
        dpkg -x "$package" "$folder/debian"
    done
    cd "$here"
    rm -rf "$folder/apt"
}
missing() {
    [ -z "$(header_folder nlohmann/json.hpp $system "$unpacked")" ] ||
        [ -z "$(header_folder stb/stb_image.h $system "$unpacked")" ]
}
if missing && command -v apt-get >/dev/null && command -v dpkg >/dev/null; then
    echo "say: fetching two packages of C++ headers (0.5 MB)"
    fetch_headers
fi
if missing; then
    echo "The C++ headers nlohmann/json.hpp and stb/stb_image.h are not on this machine." \
        "Install nlohmann-json and stb (Debian: nlohmann-json3-dev libstb-dev, Fedora: json-devel stb-devel)." >&2
    exit 1
fi

flags="-I$folder/include"
for place in $(header_folder nlohmann/json.hpp $system "$unpacked") $(header_folder stb/stb_image.h $system "$unpacked"); do
    case $place in /usr/include) ;; *) flags="$flags -I$place" ;; esac
done
tune="-O3"
[ "$(uname -m)" = x86_64 ] && tune="-O3 -march=native" # without it the engine runs without AVX2
# the module leaves out the sources for AMX, which newer Xeons have: without these flags nothing links there
for flag in -mno-amx-tile -mno-amx-int8 -mno-amx-bf16; do
    echo | ${CXX:-c++} "$flag" -x c++ -E - >/dev/null 2>&1 && tune="$tune $flag"
done
export CGO_ENABLED=1 CGO_CPPFLAGS="$flags" CGO_CFLAGS="$tune" CGO_CXXFLAGS="$tune"
echo "packages: $(go list -deps github.com/ollama/ollama | wc -l)"
echo "say: compiling"
go build -v -trimpath -buildvcs=false -ldflags "-s -w -X github.com/ollama/ollama/version.Version=$version" \
    -o "$folder/ollama" github.com/ollama/ollama
