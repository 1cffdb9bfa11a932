#!/usr/bin/env bash
# Makes everything in this folder again: media/, art/ and catalog.jsonl.
# Needs cc, ffmpeg, espeak-ng, python3 with numpy, node, chromium (MARQUEE_CHROMIUM) and the fonts Inter, Bebas Neue and Noto CJK.
#   ./make.sh            all of it          ./make.sh media tide neon    two of the reels
#   ./make.sh art        pictures only      ./make.sh catalog            the records only
#   ./make.sh logos      logos of channels
set -euo pipefail
PYTHON=${PYTHON:-python3}
cd "$(dirname "$0")"
what=${1:-all}; [ $# -gt 0 ] && shift
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
font=/usr/share/fonts/opentype/inter/InterDisplay-SemiBold.otf
sans=/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf
mono=/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf

cc -O3 -ffast-math -march=native -o "$work/scenes" tools/scenes.c -lm

# reel SCENE TITLE FPS_NUM/FPS_DEN SECONDS "HEIGHT:KBPS ..." "LANG ..."
# One pass: frames from the scene program, title and clock burnt in, every rendition with every sound track. Key frames every 2 s.
reel() {
    local scene=$1 title=$2 fps=$3 seconds=$4 renditions=$5 langs=$6 container=${7:-mp4}
    local gop=$(( (${fps%/*} * 2 + ${fps#*/} / 2) / ${fps#*/} )) top
    top=$(tr ' ' '\n' <<<"$renditions" | cut -d: -f1 | sort -n | tail -1)
    local width=$(( top * 16 / 9 )) inputs=() split="" chain="" outs=() n=0 k=1
    for lang in $langs; do
        "$PYTHON" tools/sound.py audio "$scene" "$lang" "$seconds" "$work/$scene.$lang.wav"
        inputs+=(-i "$work/$scene.$lang.wav")
    done
    for r in $renditions; do
        local h=${r%:*} kbps=${r#*:} maps=() i=1 s=0 out
        out=media/$scene-$h.$container
        split+="[s$n]"; chain+=";[s$n]scale=-2:$h:flags=lanczos,format=yuv420p[v$n]"
        for lang in $langs; do
            maps+=(-map "$i:a")
            if [ "$lang" != none ]; then
                case $lang in en) name=English iso=eng;; ko) name=한국어 iso=kor;; es) name=Español iso=spa;; esac
                maps+=("-metadata:s:a:$((i - 1))" "language=$iso" "-metadata:s:a:$((i - 1))" "handler_name=$name" "-metadata:s:a:$((i - 1))" "title=$name")
            fi
            i=$((i + 1))
        done
        if [ "$container" = mkv ]; then
            for sub in en es ko; do
                "$PYTHON" tools/sound.py subs "$scene" $sub "$work/$scene.$sub.srt"
                case $sub in en) iso=eng name=English;; es) iso=spa name=Español;; ko) iso=kor name=한국어;; esac
                inputs+=(-i "$work/$scene.$sub.srt")
                maps+=(-map "$((i + s)):s" "-metadata:s:s:$s" "language=$iso" "-metadata:s:s:$s" "title=$name"); s=$((s + 1))
            done
            maps+=(-c:s srt)
        else
            maps+=(-movflags +faststart)
        fi
        outs+=(-map "[v$n]" "${maps[@]}" -c:v libx264 -threads 1 -profile:v high -preset slow -b:v "${kbps}k" -maxrate "$((kbps * 8 / 5))k" -bufsize "$((kbps * 4))k" -g "$gop" -keyint_min "$gop" -sc_threshold 0 -bf 3
            -x264-params "aq-mode=3:open-gop=0" -color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv
            -c:a aac -b:a 24k -ac 1 -disposition:a:0 default -metadata "title=$title" "$out")
        n=$((n + 1))
    done
    local u=$(( top / 36 ))
    local draw="drawtext=fontfile=$font:text='$title':fontcolor=white@0.92:fontsize=$((u * 2)):x=$((u * 2)):y=$((u * 2)):alpha='if(lt(t,1),t,if(lt(t,6),1,max(0,7-t)))'"
    draw+=",drawtext=fontfile=$mono:text='%{pts\\:hms}  #%{frame_num}':fontcolor=white@0.78:fontsize=$u:x=w-text_w-$((u * 2)):y=$((u * 2)):box=1:boxcolor=black@0.35:boxborderw=$((u / 2))"
    "$work/scenes" "$scene" $width $top ${fps%/*} ${fps#*/} $seconds |
        ffmpeg -hide_banner -loglevel error -y -threads 1 -filter_complex_threads 1 \
            -f rawvideo -pix_fmt rgb24 -s ${width}x$top -r $fps -i - "${inputs[@]}" \
            -filter_complex "[0:v]$draw,split=$n$split$chain" "${outs[@]}"
}

media() {
    mkdir -p media
    local all=${*:-tide orbit strata lattice neon drift}
    for m in $all; do
        case $m in
            tide) reel tide "TIDE" 24/1 63 "360:64 540:105 720:175" "en ko"
                for l in en es pt zh-hans; do "$PYTHON" tools/sound.py subs tide $l media/tide.$l.vtt; done
                for l in ko zh-hant; do "$PYTHON" tools/sound.py subs tide $l media/tide.$l.srt; done ;;
            orbit) reel orbit "ORBIT" 25/1 64 "360:60 720:130" "en ko"
                for l in en es pt; do "$PYTHON" tools/sound.py subs orbit $l media/orbit.$l.vtt; done
                for l in ko zh-hans zh-hant; do "$PYTHON" tools/sound.py subs orbit $l media/orbit.$l.srt; done ;;
            strata) reel strata "STRATA" 30000/1001 62 "360:45 720:120" "en"
                for l in en es; do "$PYTHON" tools/sound.py subs strata $l media/strata.$l.vtt; done
                "$PYTHON" tools/sound.py subs strata ko media/strata.ko.srt ;;
            lattice) reel lattice "LATTICE" 24/1 60 "360:120" "en es" mkv ;;
            neon) reel neon "NEON" 24/1 66 "540:130" "none" ;;
            drift) reel drift "DRIFT" 30/1 60 "540:85" "none" ;;
        esac
        ls -l media/$m* | awk '{print $5, $9}'
    done
}

# logo KEY LETTERING COLOUR COLOUR: the logo of a channel.
logo() {
    ffmpeg -hide_banner -loglevel error -y -f lavfi -i "gradients=s=640x360:c0=$3:c1=$4:x0=0:y0=0:x1=640:y1=360:d=1:r=1" -frames:v 1 \
        -vf "drawbox=x=64:y=246:w=96:h=8:color=white@0.9:t=fill,drawtext=fontfile=$sans:text='$2':fontcolor=white:fontsize=76:x=60:y=142" \
        -c:v libwebp -quality 80 -preset drawing -compression_level 6 "art/channel-$1.webp"
}

art() {
    node tools/art.mjs "$work/scenes"
    logos
}

logos() {
    logo harbor "Harbor One" 0x0b3954 0x1f7a8c
    logo orbit "Orbit 24" 0x1b1464 0x6f1e51
    logo strata "Strata" 0x5c3d2e 0xb8860b
    logo neon "Neon Night" 0x2d033b 0xe94560
}
catalog() { "$PYTHON" tools/catalog.py; }

case $what in
    all) media; catalog; art ;;
    media) media "$@" ;;
    art) art ;;
    logos) logos ;;
    catalog) catalog ;;
    *) echo "unknown: $what" >&2; exit 2 ;;
esac
