//! Korean.

use super::{Piece, Words};

pub(super) const WORDS: Words = Words {
    sign_up_code: Piece {
        subject: "{platform} 인증 코드",
        first: &["아래 코드를 입력하면 가입이 완료됩니다. 코드는 {minutes}분 동안 유효합니다."],
        then: &[],
        action: "",
        last: &[
            "가입을 신청하지 않으셨다면 이 메일을 무시하셔도 됩니다. 코드를 다른 사람에게 알려 주지 마세요.",
        ],
    },
    sign_up_known: Piece {
        subject: "{platform}에 이미 계정이 있습니다",
        first: &["이미 계정이 있는 이 주소로 누군가 가입을 시도했습니다. 변경된 것은 없습니다."],
        then: &["본인이라면 로그인하세요. 비밀번호를 잊으셨다면 새로 설정하세요."],
        action: "로그인",
        last: &["본인이 아니라면 아무것도 하지 않으셔도 됩니다."],
    },
    password_reset: Piece {
        subject: "{platform} 비밀번호 재설정",
        first: &[
            "아래 링크에서 새 비밀번호를 설정할 수 있습니다. 링크는 {minutes}분 동안 한 번만 사용할 수 있습니다.",
        ],
        then: &[],
        action: "새 비밀번호 설정",
        last: &["요청하지 않으셨다면 이 메일을 무시하셔도 됩니다. 비밀번호는 그대로 유지됩니다."],
    },
    address_change_code: Piece {
        subject: "새 이메일 주소 인증 코드",
        first: &[
            "{platform} 계정에 이 주소를 사용하려면 아래 코드를 입력하세요. 코드는 {minutes}분 동안 유효합니다.",
        ],
        then: &[],
        action: "",
        last: &[
            "요청하지 않으셨다면 이 메일을 무시하셔도 됩니다. 코드를 다른 사람에게 알려 주지 마세요.",
        ],
    },
    password_changed: Piece {
        subject: "비밀번호가 변경되었습니다",
        first: &["{platform} 계정의 비밀번호가 변경되었습니다. 모든 기기에서 로그아웃되었습니다."],
        then: &["본인이 아니라면 즉시 새 비밀번호를 설정하세요."],
        action: "",
        last: &[],
    },
    address_changed: Piece {
        subject: "계정의 이메일 주소가 변경되었습니다",
        first: &[
            "{platform} 계정의 주소가 {address}(으)로 변경되었습니다. 앞으로 메일은 그 주소로 보내 드립니다.",
        ],
        then: &["본인이 아니라면 {platform} 운영자에게 즉시 알려 주세요."],
        action: "",
        last: &[],
    },
    new_device: Piece {
        subject: "새 기기에서 로그인했습니다",
        first: &["처음 보는 기기에서 {platform} 계정에 로그인했습니다."],
        then: &["본인이 아니라면 이 기기를 로그아웃하고 새 비밀번호를 설정하세요."],
        action: "이 기기 로그아웃",
        last: &["본인이라면 아무것도 하지 않으셔도 됩니다."],
    },
    session_revoked: Piece {
        subject: "안전을 위해 기기에서 로그아웃되었습니다",
        first: &[
            "{platform} 계정의 로그인 정보가 두 곳에서 사용되었습니다. 누군가 복사했을 수 있어 로그인을 종료했습니다.",
        ],
        then: &["이 기기에서 다시 로그인하세요. 이상한 점이 있다면 새 비밀번호를 설정하세요."],
        action: "",
        last: &[],
    },
    accounts_merged: Piece {
        subject: "두 계정이 합쳐졌습니다",
        first: &["{address} 계정이 {platform} 계정에 합쳐졌습니다."],
        then: &["{days}일 동안 되돌릴 수 있습니다."],
        action: "되돌리기",
        last: &["본인이 하신 일이라면 아무것도 하지 않으셔도 됩니다."],
    },
    account_deleted: Piece {
        subject: "계정이 삭제되었습니다",
        first: &["{platform} 계정과 그 안의 모든 정보가 삭제되었습니다."],
        then: &["본인이 아니라면 {platform} 운영자에게 알려 주세요."],
        action: "",
        last: &[],
    },
    factor_removed: Piece {
        subject: "2단계 로그인이 해제되었습니다",
        first: &[
            "{platform} 계정의 2단계 인증이 해제되었습니다. 이제 비밀번호만으로 로그인됩니다.",
        ],
        then: &["본인이 아니라면 즉시 새 비밀번호를 설정하세요."],
        action: "",
        last: &[],
    },
    recovery_code_used: Piece {
        subject: "복구 코드가 사용되었습니다",
        first: &["복구 코드로 {platform} 계정에 로그인했습니다. 남은 코드: {left}개."],
        then: &["본인이 아니라면 즉시 새 비밀번호를 설정하세요."],
        action: "",
        last: &[],
    },
    test: Piece {
        subject: "{platform} 메일이 작동합니다",
        first: &["시험 메일입니다. 메일 설정이 완료되었습니다."],
        then: &[],
        action: "",
        last: &[],
    },
    reset: "새 비밀번호 설정",
    device: "기기",
    app: "앱",
    place: "위치",
    time: "시간",
    footer: "{platform}에서 보냄, {url}",
};
