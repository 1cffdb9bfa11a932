//! Portuguese.

use super::{Piece, Words};

pub(super) const WORDS: Words = Words {
    sign_up_code: Piece {
        subject: "O seu código para {platform}",
        first: &[
            "Escreva este código para concluir o registo. É válido durante {minutes} minutos.",
        ],
        then: &[],
        action: "",
        last: &["Se não se registou, pode ignorar esta mensagem. Não dê o código a ninguém."],
    },
    sign_up_known: Piece {
        subject: "Já tem uma conta em {platform}",
        first: &["Alguém se registou com este endereço, que já tem uma conta. Nada foi alterado."],
        then: &["Se foi você, inicie sessão. Se esqueceu a palavra-passe, defina uma nova."],
        action: "Iniciar sessão",
        last: &["Se não foi você, não tem de fazer nada."],
    },
    password_reset: Piece {
        subject: "Defina uma nova palavra-passe para {platform}",
        first: &[
            "Com esta ligação pode definir uma nova palavra-passe. Funciona uma única vez, durante {minutes} minutos.",
        ],
        then: &[],
        action: "Definir uma nova palavra-passe",
        last: &["Se não a pediu, pode ignorar esta mensagem. A sua palavra-passe mantém-se."],
    },
    address_change_code: Piece {
        subject: "O seu código para o novo endereço",
        first: &[
            "Escreva este código para usar este endereço na sua conta de {platform}. É válido durante {minutes} minutos.",
        ],
        then: &[],
        action: "",
        last: &["Se não o pediu, pode ignorar esta mensagem. Não dê o código a ninguém."],
    },
    password_changed: Piece {
        subject: "A sua palavra-passe foi alterada",
        first: &[
            "A palavra-passe da sua conta de {platform} foi alterada. A sessão foi terminada em todos os dispositivos.",
        ],
        then: &["Se não foi você, defina já uma nova palavra-passe."],
        action: "",
        last: &[],
    },
    address_changed: Piece {
        subject: "O endereço da sua conta foi alterado",
        first: &[
            "A sua conta de {platform} tem agora o endereço {address}. A partir de agora, as mensagens seguem para lá.",
        ],
        then: &["Se não foi você, avise já quem gere {platform}."],
        action: "",
        last: &[],
    },
    new_device: Piece {
        subject: "Um novo dispositivo iniciou sessão",
        first: &["Um dispositivo desconhecido iniciou sessão na sua conta de {platform}."],
        then: &["Se não foi você, termine a sessão dele e defina uma nova palavra-passe."],
        action: "Terminar a sessão deste dispositivo",
        last: &["Se foi você, não tem de fazer nada."],
    },
    session_revoked: Piece {
        subject: "Uma sessão foi terminada por segurança",
        first: &[
            "Uma sessão da sua conta de {platform} foi usada em dois lugares. Alguém pode tê-la copiado, por isso foi terminada.",
        ],
        then: &[
            "Inicie sessão de novo neste dispositivo. Se notar algo estranho, defina uma nova palavra-passe.",
        ],
        action: "",
        last: &[],
    },
    accounts_merged: Piece {
        subject: "Duas contas foram unidas",
        first: &["A conta {address} foi unida à sua conta de {platform}."],
        then: &["Pode desfazer isto durante {days} dias."],
        action: "Desfazer",
        last: &["Se foi você e está tudo bem, não tem de fazer nada."],
    },
    account_deleted: Piece {
        subject: "A sua conta foi eliminada",
        first: &["A sua conta de {platform} foi eliminada com tudo o que continha."],
        then: &["Se não foi você, avise quem gere {platform}."],
        action: "",
        last: &[],
    },
    factor_removed: Piece {
        subject: "A verificação em dois passos foi desativada",
        first: &[
            "O segundo passo do início de sessão foi retirado da sua conta de {platform}. Agora basta a palavra-passe.",
        ],
        then: &["Se não foi você, defina já uma nova palavra-passe."],
        action: "",
        last: &[],
    },
    recovery_code_used: Piece {
        subject: "Foi usado um código de recuperação",
        first: &[
            "Foi usado um código de recuperação para iniciar sessão na sua conta de {platform}. Códigos restantes: {left}.",
        ],
        then: &["Se não foi você, defina já uma nova palavra-passe."],
        action: "",
        last: &[],
    },
    test: Piece {
        subject: "O correio de {platform} funciona",
        first: &["Isto é um teste. O correio está configurado."],
        then: &[],
        action: "",
        last: &[],
    },
    reset: "Definir uma nova palavra-passe",
    device: "Dispositivo",
    app: "Aplicação",
    place: "Local",
    time: "Hora",
    footer: "Enviado por {platform}, {url}",
};
