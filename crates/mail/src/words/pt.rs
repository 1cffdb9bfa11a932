//! Portuguese as in Brazil, like the web app and the pages.

use super::{Piece, Words};

pub(super) const WORDS: Words = Words {
    sign_up_code: Piece {
        subject: "Seu código para {platform}",
        first: &[
            "Digite este código para concluir o cadastro. Ele é válido por {minutes} minutos.",
        ],
        then: &[],
        action: "",
        last: &[
            "Se você não se cadastrou, pode ignorar esta mensagem. Não passe o código a ninguém.",
        ],
    },
    sign_up_known: Piece {
        subject: "Você já tem uma conta em {platform}",
        first: &["Alguém se cadastrou com este endereço, que já tem uma conta. Nada mudou."],
        then: &["Se foi você, entre. Se esqueceu a senha, defina uma nova."],
        action: "Entrar",
        last: &["Se não foi você, não precisa fazer nada."],
    },
    password_reset: Piece {
        subject: "Defina uma nova senha para {platform}",
        first: &[
            "Com este link você pode definir uma nova senha. Ele funciona uma única vez, por {minutes} minutos.",
        ],
        then: &[],
        action: "Definir uma nova senha",
        last: &["Se você não pediu isto, pode ignorar esta mensagem. Sua senha continua a mesma."],
    },
    address_change_code: Piece {
        subject: "Seu código para o novo endereço",
        first: &[
            "Digite este código para usar este endereço na sua conta de {platform}. Ele é válido por {minutes} minutos.",
        ],
        then: &[],
        action: "",
        last: &["Se você não o pediu, pode ignorar esta mensagem. Não passe o código a ninguém."],
    },
    password_changed: Piece {
        subject: "Sua senha foi alterada",
        first: &[
            "A senha da sua conta de {platform} foi alterada. A sessão foi encerrada em todos os dispositivos.",
        ],
        then: &["Se não foi você, defina uma nova senha agora mesmo."],
        action: "",
        last: &[],
    },
    address_changed: Piece {
        subject: "O endereço da sua conta foi alterado",
        first: &[
            "Sua conta de {platform} agora tem o endereço {address}. De agora em diante, as mensagens vão para lá.",
        ],
        then: &["Se não foi você, avise agora mesmo quem administra {platform}."],
        action: "",
        last: &[],
    },
    new_device: Piece {
        subject: "Um novo dispositivo entrou na sua conta",
        first: &["Um dispositivo desconhecido entrou na sua conta de {platform}."],
        then: &["Se não foi você, encerre a sessão dele e defina uma nova senha."],
        action: "Encerrar a sessão deste dispositivo",
        last: &["Se foi você, não precisa fazer nada."],
    },
    session_revoked: Piece {
        subject: "Uma sessão foi encerrada por segurança",
        first: &[
            "Uma sessão da sua conta de {platform} foi usada em dois lugares. Alguém pode tê-la copiado, por isso ela foi encerrada.",
        ],
        then: &["Entre de novo neste dispositivo. Se notar algo estranho, defina uma nova senha."],
        action: "",
        last: &[],
    },
    accounts_merged: Piece {
        subject: "Duas contas foram unidas",
        first: &["A conta {address} foi unida à sua conta de {platform}."],
        then: &["Você pode desfazer isto por {days} dias."],
        action: "Desfazer",
        last: &["Se foi você e está tudo certo, não precisa fazer nada."],
    },
    account_deleted: Piece {
        subject: "Sua conta foi excluída",
        first: &["Sua conta de {platform} foi excluída com tudo o que continha."],
        then: &["Se não foi você, avise quem administra {platform}."],
        action: "",
        last: &[],
    },
    factor_removed: Piece {
        subject: "A verificação em duas etapas foi desativada",
        first: &[
            "A segunda etapa para entrar foi retirada da sua conta de {platform}. Agora basta a senha.",
        ],
        then: &["Se não foi você, defina uma nova senha agora mesmo."],
        action: "",
        last: &[],
    },
    recovery_code_used: Piece {
        subject: "Um código de recuperação foi usado",
        first: &[
            "Um código de recuperação foi usado para entrar na sua conta de {platform}. Códigos restantes: {left}.",
        ],
        then: &["Se não foi você, defina uma nova senha agora mesmo."],
        action: "",
        last: &[],
    },
    test: Piece {
        subject: "O e-mail de {platform} funciona",
        first: &["Isto é um teste. O e-mail está configurado."],
        then: &[],
        action: "",
        last: &[],
    },
    reset: "Definir uma nova senha",
    device: "Dispositivo",
    app: "Aplicativo",
    place: "Local",
    time: "Horário",
    footer: "Enviado por {platform}, {url}",
};
